import { expect } from 'chai';
import { NO_TSCONFIG, syntaxSettings } from '../../src/register/tsconfig.ts';
import { PRELOADS, projects } from './programs.ts';

describe('syntaxSettings()', () => {
  const project = projects();
  const settings = (files: Record<string, string>, filename: string) => {
    const problems: string[] = [];
    const found = syntaxSettings(project(files).path(filename), (problem) => problems.push(problem));
    return { ...found, problems };
  };

  it('are those of the nearest tsconfig.json, with what it extends', () => {
    const files = {
      'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "outer" } }',
      'app/tsconfig.json':
        '{ "extends": ["./base", "strictest/tsconfig.json"], /* why */ "compilerOptions": {"target":"es2020",}, }',
      'app/base.json': '{ "compilerOptions": { "experimentalDecorators": true, "jsxFactory": "h" } }',
      'app/node_modules/strictest/package.json': '{}',
      'app/node_modules/strictest/tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
    };
    expect(settings(files, 'app/src/deep/main.ts')).to.include({
      decorators: 'legacy',
      defineFields: false,
      keepImports: true,
      jsx: 'classic',
      jsxFactory: 'h',
    });
    expect(settings(files, 'main.ts')).to.include({ jsx: 'automatic', jsxImportSource: 'outer', defineFields: true });
    expect(settings(files, 'app/node_modules/strictest/x.ts')).to.deep.equal({ ...NO_TSCONFIG, problems: [] });
  });

  it('are the defaults where one cannot be read, which is said in one line', () => {
    const { problems, ...found } = settings({ 'tsconfig.json': '{ "extends": "nowhere" }' }, 'main.ts');
    expect(found).to.deep.equal(NO_TSCONFIG);
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.match(/tsconfig\.json left aside: .*nowhere/)
      .and.not.contain('\n');
  });
});

for (const [how, preload] of PRELOADS) {
  describe(`tsconfig.json by ${how}`, () => {
    const project = projects();
    const source = `
      const seen: string[] = [];
      const field = (target: unknown, key: string): void => void seen.push(key);
      export class Part { @field name = label(); }
      function label(): string { return 'x'; }
      console.log(seen.join(), new Part().name, Object.keys(new Part()).length);`;
    const LEGACY = '{ "compilerOptions": { "experimentalDecorators": true } }';

    it('decides about decorators, and its change about what the cache gives', async () => {
      const program = project({ 'main.mts': source, 'tsconfig.json': LEGACY });
      const env = { EVERYCALL_CACHE: program.path('cache') };
      for (let i = 0; i < 2; i++) {
        const { stdout, stderr, calls } = await program.record(preload, ['main.mts'], { env });
        expect({ stdout, stderr }).to.deep.equal({ stdout: 'name x 1\n', stderr: '' });
        expect(calls).to.include({ 'main.mts:label': 2, 'main.mts:field': 1 });
      }
      program.write('tsconfig.json', '{}');
      const { stdout } = await program.record(preload, ['main.mts'], { env });
      expect(stdout).to.equal('[object Object] x 1\n');
    });

    it('that asks for types at run time gets one line that says they are missing', async () => {
      const program = project({
        'main.mts': source + `import './other.mts';`,
        'other.mts': 'export {};',
        'tsconfig.json': LEGACY.replace('true', 'true, "emitDecoratorMetadata": true'),
      });
      const { stdout, stderr } = await program.record(preload, ['main.mts']);
      expect(stdout).to.equal('name x 1\n');
      // Once a thread: where Node has one of its own for module hooks, that one may say it too.
      const lines = new Set(stderr.trim().split('\n'));
      expect(lines.size, stderr).to.equal(1);
      expect([...lines][0]).to.match(/^everycall: decorators get no types: emitDecoratorMetadata /);
    });

    it('decides what JSX becomes, in .tsx and .jsx, CommonJS and ES modules', async () => {
      const program = project({
        'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "tiny" } }',
        'node_modules/tiny/package.json': '{ "exports": { "./jsx-runtime": "./jsx.js" } }',
        'node_modules/tiny/jsx.js':
          'exports.jsx = (type, { children }) => (typeof type === "function" ? type({ children }) : type + children);',
        'main.mts': `import { text } from './part.js'; import { old } from './old.js'; console.log(text(1), old(2));`,
        'part.tsx': `const Bold = ({ children }: { children: string }) => <b>{children}</b>;\nexport const text = (n: number) => <Bold>{n}</Bold>;`,
        'old.jsx': `exports.old = (n) => <i>{n}</i>;`,
        'main.cts': `const { text } = require('./part') as any; console.log(text(3), require('./old').old(4));`,
      });
      const esm = await program.record(preload, ['main.mts']);
      expect({ stdout: esm.stdout, stderr: esm.stderr }).to.deep.equal({ stdout: 'b1 i2\n', stderr: '' });
      expect(esm.calls).to.include({ 'part.tsx:Bold': 1, 'part.tsx:text': 1, 'old.jsx:exports.old': 1 });
      const cjs = await program.record(preload, ['--no-warnings', 'main.cts']);
      expect({ stdout: cjs.stdout, stderr: cjs.stderr }).to.deep.equal({ stdout: 'b3 i4\n', stderr: '' });
      expect(cjs.calls).to.include({ 'part.tsx:Bold': 1, 'old.jsx:exports.old': 1 });
    });
  });
}
