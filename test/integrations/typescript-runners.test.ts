// The register hook beside what else runs TypeScript, in either order: what is counted has the names and lines of the
// source as it was written, and the stack traces that the program sees are those it sees without us.
import Module from 'node:module';
import { expect } from 'chai';
import { installedProject } from '../support/installed.ts';
import type { Project } from '../register/programs.ts';

const RECORDER = `
if (require('node:worker_threads').isMainThread) {
  globalThis.everycall.start();
  process.on('exit', () => {
    const own = globalThis.everycall.snapshot().functions.filter(({ file, line }) => line > 1 && /\\.[cm]?ts$/.test(file));
    for (const { file, line, name, calls } of own) console.log(file.split('/').pop() + ':' + line, name, calls);
  });
}`;

/** Types that take lines, code that is more than types, and every name in a place of its own. */
const program = (part: string): string => `import { helper } from '${part}';

interface Long {
  a: number;
}

enum Side { Left = 'L' }
export class Part {
  constructor(private n: number) {}
  twice(): number {
    return this.n * 2;
  }
}
async function later(x: Long): Promise<number> {
  await null;
  return x.a;
}
function fails(): never {
  throw new Error('here');
}
for (let i = 0; i < 3; i++) new Part(i).twice();
void later({ a: 1 }).then((n) => {
  console.log(n, Side.Left, helper(1));
  try {
    fails();
  } catch (e) {
    console.log((e as Error).stack!.match(/[\\w-]+\\.[cm]?[jt]s:\\d+/g)!.slice(0, 2).join());
  }
});
`;
const PART = `type A = number;

export const helper = (n: A): A => {
  return n;
};
`;

const OPTIONS = { target: 'es2022', types: ['node'], skipLibCheck: true };
const FILES = {
  'recorder.cjs': RECORDER,
  'esm/package.json': '{ "type": "module" }',
  'esm/main.ts': program('./part.cjs'),
  'esm/part.cts': PART,
  'cjs/package.json': '{ "type": "commonjs" }',
  'cjs/main.ts': program('./part'),
  'cjs/part.ts': PART,
  // ts-node looks for it in the working directory.
  'tsconfig.json': JSON.stringify({
    compilerOptions: { ...OPTIONS, module: 'nodenext', rootDir: '.' },
    'ts-node': { transpileOnly: true },
  }),
  'loader/package.json': '{ "type": "module" }',
  'loader/main.ts': program('./part.js'),
  'loader/part.ts': PART,
  'loader/tsconfig.json': JSON.stringify({
    compilerOptions: { ...OPTIONS, module: 'esnext', moduleResolution: 'bundler' },
    'ts-node': { transpileOnly: true },
  }),
  'out/tsconfig.json': JSON.stringify({
    compilerOptions: { ...OPTIONS, module: 'nodenext', rootDir: '..', outDir: 'external', sourceMap: true },
    files: ['../esm/main.ts', '../esm/part.cts'],
  }),
};

/** What the program says, and what was counted but for the enum's own function, which some compilers leave. */
function told(stdout: string): { says: string[]; counted: string[] } {
  const [first, second, ...counted] = stdout.trim().split('\n');
  return { says: [first, second], counted: counted.filter((line) => !line.includes(':7 ')).sort() };
}

const counted = (part: string): string[] =>
  [
    'main.ts:9 Part.constructor 3',
    'main.ts:10 Part.twice 3',
    'main.ts:14 later 1',
    'main.ts:18 fails 1',
    'main.ts:22 <anonymous> 1',
    `${part}:3 helper 1`,
  ].sort();

describe('everycall/register beside', () => {
  let project: Project;
  before(() => (project = installedProject(FILES)));
  after(() => project.remove());

  const run = async (flags: string, file: string) => {
    const args = ['--no-deprecation', '--no-warnings', ...flags.split(' '), file];
    const { code, stdout, stderr } = await project.node(args);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    return told(stdout);
  };

  const CASES: readonly [runner: string, flags: readonly string[], file: string, part: string, stack: string | null][] =
    [
      [
        'tsx, ES modules that import CommonJS',
        ['--import tsx --import everycall/register', '--import everycall/register --import tsx'],
        'esm/main.ts',
        'part.cts',
        'main.ts:19,main.ts:25',
      ],
      [
        'tsx, CommonJS',
        ['-r tsx/cjs -r everycall/register', '-r everycall/register -r tsx/cjs'],
        'cjs/main.ts',
        'part.ts',
        'main.ts:19,main.ts:25',
      ],
      [
        'ts-node, CommonJS',
        ['-r ts-node/register -r everycall/register', '-r everycall/register -r ts-node/register'],
        'cjs/main.ts',
        'part.ts',
        'main.ts:19,main.ts:25',
      ],
      [
        // This loader maps no stack traces: the lines are those of its output, with us as without.
        'ts-node, ES modules',
        ['--loader ts-node/esm --import everycall/register', '--import everycall/register --loader ts-node/esm'],
        'loader/main.ts',
        'part.ts',
        null,
      ],
    ];
  for (const [runner, orders, file, part, stack] of CASES) {
    for (const flags of orders) {
      it(`${runner}: ${flags}`, async () => {
        const recorder = flags.startsWith('-r') ? '-r ./recorder.cjs' : '--import ./recorder.cjs';
        const { says, counted: found } = await run(`${flags} ${recorder}`, file);
        const plain =
          stack === null ? (await run(flags.replace(/\S+ everycall\/register ?/, '').trim(), file)).says : null;
        expect(says).to.deep.equal(plain ?? ['1 L 1', stack]);
        expect(found).to.deep.equal(counted(part));
      });
    }
  }

  it('ts-node that makes an ES module of what has no such syntax: it ends as without us', async () => {
    const bare = installedProject({ 'app.ts': 'function f(a: number): number { return a; }\nconsole.log(f(1));' });
    try {
      const ending = async (flags: string) => {
        const { code, stdout, stderr } = await bare.node([...flags.split(' '), 'app.ts']);
        return { code, stdout, error: /^\w*Error.*|ERR_\w+/gm.exec(stderr)?.[0] };
      };
      const plain = await ending('-r ts-node/register');
      // Node that knows TypeScript by itself takes it for loaded and does nothing.
      expect(plain.code).to.equal('registerHooks' in Module ? 0 : 1);
      for (const flags of ['-r ts-node/register -r everycall/register', '-r everycall/register -r ts-node/register']) {
        expect(await ending(flags), flags).to.deep.equal(plain);
      }
    } finally {
      bare.remove();
    }
  });

  it('tsc, whose output leads to the source by external and inline maps', async () => {
    const { code, stdout } = await project.shell(
      'tsc -p out && tsc -p out --outDir out/inline --sourceMap false --inlineSourceMap --inlineSources',
    );
    expect(code, stdout).to.equal(0);
    for (const output of ['external', 'inline']) {
      project.write(`out/${output}/esm/package.json`, '{ "type": "module" }');
      const file = `out/${output}/esm/main.js`;
      const plain = await run('--enable-source-maps', file);
      const { says, counted: found } = await run(
        '--enable-source-maps --import everycall/register --import ./recorder.cjs',
        file,
      );
      expect(says, output).to.deep.equal(plain.says);
      expect(says).to.deep.equal(['1 L 1', 'main.ts:19,main.ts:25']);
      expect(found, output).to.deep.equal(counted('part.cts'));
      const unmapped = await run('--import everycall/register', file);
      expect(unmapped.says, output).to.deep.equal((await run('--no-warnings', file)).says);
    }
  });
});
