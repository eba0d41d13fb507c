// Source maps both ways. Ours are checked token by token against the files they lead to. Those that a file comes with, of
// every form and fault, lead the report to the original, and leave error stacks as they are without us.
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { buildSync } from 'esbuild';
import { parse } from '@babel/parser';
import ts from 'typescript';
import { compile } from '../../src/register/compile.ts';
import { settingsOf } from '../../src/register/tsconfig.ts';
import { FORMS_FILE } from '../support/forms.ts';
import { mappedTokens } from '../support/mapped-tokens.ts';
import type { MappedTokens } from '../support/mapped-tokens.ts';
import { PRELOADS, Project } from './programs.ts';

interface SourceMap {
  sources: string[];
  sourcesContent?: (string | null)[];
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What the register hook makes of a file, checked against the files on disk. */
function checked(filename: string, instrument: boolean, source = readFileSync(filename, 'utf8')): MappedTokens {
  const syntax = /\.tsx?$/.test(filename)
    ? settingsOf({ target: 'ES2022', jsx: 'react', jsxFactory: 'element' })
    : null;
  const format = /\.(?:js|cjs)$/.test(filename) ? 'commonjs' : 'module';
  const { code, map } = compile({ source, filename, format, syntax, instrument, originals: 'one-line' });
  const parsed = JSON.parse(map) as SourceMap;
  const texts = parsed.sources.map((url, i) => parsed.sourcesContent?.[i] ?? readFileSync(fileURLToPath(url), 'utf8'));
  return mappedTokens(code, JSON.stringify({ ...parsed, sourcesContent: texts }));
}

/** Names, numbers and strings of a source, as `mappedTokens` writes them. */
function tokensOf(name: string, source: string): string[] {
  const tokens = parse(source, { sourceType: 'unambiguous', tokens: true }).tokens as {
    type: { label?: string };
    start: number;
    end: number;
    loc: { start: { line: number; column: number } };
  }[];
  return tokens
    .filter(({ type }) => ['name', 'num', 'string', '#name'].includes(type.label ?? ''))
    .map(({ start, end, loc }) => `${name}:${loc.start.line}:${loc.start.column} ${source.slice(start, end)}`);
}

/** Words of the syntax that the parser takes for names: they are no nodes, so printers give them no place. */
const WORDS = / (?:let|async|await|of|get|set|static|yield|from|as|use)$/;

/** What we inject has the place of what it stands at. */
const OURS = / (?:\$[a-z]|\$[a-z]_\w+|let)$/;
/** In a file with functions that suspend two hooks are functions of its own. */
const OURS_SUSPENDING = / (?:\$[a-zA-Z]|_|value)$/;

describe("the register hook's own source maps", () => {
  for (const name of ['acorn/dist/acorn.mjs', 'acorn/dist/acorn.js']) {
    it(`have each token of ${name}, and lead to where it stands`, () => {
      const file = `${repository}node_modules/${name}`;
      const { right, wrong } = checked(file, true);
      expect(wrong.filter((each) => !OURS.test(each))).to.deep.equal([]);
      const tokens = tokensOf(name.split('/').at(-1)!, readFileSync(file, 'utf8')).filter((each) => !WORDS.test(each));
      expect(tokens).to.have.length.above(13_000);
      expect(tokens.filter((each) => !right.has(each))).to.deep.equal([]);
    });
  }

  for (const file of [`${repository}src/recording/recorder.ts`, FORMS_FILE]) {
    it(`of ${file.slice(repository.length)} have what compiling leaves of it`, () => {
      const { right, wrong } = checked(file, true);
      const compiled = checked(file, false);
      const added = wrong.filter((each) => !OURS.test(each) && !OURS_SUSPENDING.test(each));
      expect(added.filter((each) => !compiled.wrong.includes(each))).to.deep.equal([]);
      const plain = [...compiled.right].filter((each) => !WORDS.test(each));
      expect(plain).to.have.length.above(150);
      expect(plain.filter((each) => !right.has(each))).to.deep.equal([]);
    });
  }
});

const MODULE = `interface Point { x: number; y: number }
type Name = string;

export function first({ x }: Point): number {
  return second(x);
}

interface More extends Point { z: number }
export function second(n: number): number { return n + 1; }
export class Thing<T extends More> {
  constructor(readonly of: T, private name: Name) {}
  describe(): Name { return this.name + this.of.z; }
}
export function boom(): never {
  type Local = Point;
  throw new RangeError('boom' as Name);
}
`;
/** What calls all of it once, and the places in MODULE. */
const USE = `(m) => { m.first({ x: 1 }); new m.Thing({ z: 1 }, 'n').describe(); try { m.boom(); } catch (e) { return e.stack; } }`;
const PLACES = ['first 4', 'second 9', 'Thing.constructor 11', 'Thing.describe 12', 'boom 14'];

interface Transpiled {
  readonly code: string;
  readonly map: Record<string, unknown>;
}

function transpile(source: string, options: ts.CompilerOptions = {}): Transpiled {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    sourceMap: true,
    ...options,
  };
  const { outputText, sourceMapText } = ts.transpileModule(source, { fileName: 'module.ts', compilerOptions });
  const code = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '');
  return { code, map: JSON.parse(sourceMapText!) as Record<string, unknown> };
}

const inline = (code: string, map: unknown): string =>
  `${code}//# sourceMappingURL=data:application/json;base64,${Buffer.from(typeof map === 'string' ? map : JSON.stringify(map)).toString('base64')}\n`;
const beside = (code: string, name: string): string => `${code}//# sourceMappingURL=${name}\n`;

const { code, map } = transpile(MODULE);
const at = (source: string): object => ({ ...map, sources: [source] });

/** Each leads to `NAME.ts`, whose functions stand where those of MODULE do. */
const GOOD: Readonly<Record<string, Record<string, string>>> = {
  inline: { 'inline.js': inline(code, at('inline.ts')) },
  'inline-text': { 'inline-text.js': inline(code, { ...at('inline-text.ts'), sourcesContent: [MODULE] }) },
  external: { 'external.js': beside(code, 'external.js.map'), 'external.js.map': JSON.stringify(at('external.ts')) },
  elsewhere: {
    'elsewhere.js': beside(code, 'maps/elsewhere.json'),
    'maps/elsewhere.json': JSON.stringify(at('../elsewhere.ts')),
  },
  rooted: { 'rooted.js': inline(code, { ...at('rooted.ts'), sourceRoot: '.' }) },
  'rooted-deep': { 'rooted-deep.js': inline(code, { ...at('../rooted-deep.ts'), sourceRoot: 'deep/' }) },
  url: {},
  sections: {
    'sections.js': inline(`// first\n${code}`, {
      version: 3,
      sections: [{ offset: { line: 1, column: 0 }, map: at('sections.ts') }],
    }),
  },
};

/** Runs as it is: functions have the lines of the code itself. */
const BAD: Readonly<Record<string, string>> = {
  'not-json': inline(code, '{"version":3,'),
  number: inline(code, '42'),
  nothing: inline(code, 'null'),
  list: inline(code, '[]'),
  empty: inline(code, '{}'),
  version: inline(code, { version: 3 }),
  letters: inline(code, { ...at('letters.ts'), mappings: '!!!,???' }),
  types: inline(code, { version: 3, sources: 1, names: null, mappings: 7 }),
  unmapped: inline(code, { version: 3, sources: [], names: [], mappings: 'A;A;A;A;A;A;A;A;A' }),
  'no-source': inline(code, { version: 3, sources: [null], names: [], mappings: '' }),
  beyond: inline(code, { version: 3, sources: ['x.ts'], names: [], mappings: 'AAAA;AACAC;AAFAA' }),
  missing: beside(code, 'missing.js.map'),
  directory: beside(code, '.'),
  'bad-sections': inline(code, { version: 3, sections: [{ offset: {}, map: 3 }, null] }),
};

const names = [...Object.keys(GOOD), ...Object.keys(BAD)];
const CHAINED = {
  'chain-a': MODULE,
  'chain-b': 'interface None {}\n\nexport function other(): number {\n  return 1;\n}\n',
};

/** Two modules, each with the map of tsc, put together by a bundler that reads those maps. */
function chain(project: Project): void {
  for (const [name, source] of Object.entries(CHAINED)) {
    const { code, map } = transpile(source, { module: ts.ModuleKind.ES2022 });
    project.write(`built/${name}.js`, beside(code, `${name}.js.map`));
    project.write(`built/${name}.js.map`, JSON.stringify({ ...map, sources: [`../${name}.ts`] }));
  }
  const contents = `import { first, Thing, boom } from './chain-a.js';
    import { other } from './chain-b.js';
    globalThis.chain = { first, Thing, boom, other };`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: project.path('built') },
    bundle: true,
    format: 'esm',
    sourcemap: 'inline',
    outfile: project.path('chain.js'),
    write: false,
  });
  project.write('chain.js', outputFiles[0].text);
}

for (const [how, preload] of PRELOADS) {
  describe(`source maps that files come with, by ${how}`, () => {
    let project: Project;
    let recorded: Awaited<ReturnType<Project['record']>>;
    let plain: string;
    before(async () => {
      project = new Project({ 'package.json': '{}' });
      for (const [name, files] of Object.entries(GOOD)) {
        project.write(`${name}.ts`, MODULE);
        for (const [path, text] of Object.entries(files)) project.write(path, text);
      }
      project.write('url.js', inline(code, at(pathToFileURL(project.path('url.ts')).href)));
      for (const [name, text] of Object.entries(BAD)) project.write(`${name}.js`, text);
      chain(project);
      project.write(
        'main.cjs',
        `const use = ${USE};
        for (const name of ${JSON.stringify(names)}) console.log(name, use(require('./' + name + '.js')));
        require('./chain.js'); chain.other(); console.log(use(chain));`,
      );
      plain = (await project.node(['main.cjs'])).stdout;
      recorded = await project.record(preload, ['main.cjs']);
    });
    after(() => project.remove());

    const placesIn = (file: string): string[] =>
      recorded.profile.functions
        .filter((each) => each.file === project.path(file) && each.kind !== 'module' && each.calls > 0)
        .sort((a, b) => a.line - b.line)
        .map(({ name, line, calls }) => `${name} ${line}${calls === 1 ? '' : ` ${calls} times`}`);

    it('run without a word', () => {
      expect(recorded.stderr).to.equal('');
      expect(recorded.code).to.equal(0);
    });

    for (const name of [...Object.keys(GOOD), 'chain-a']) {
      it(`lead to the original: ${name}`, () => {
        expect(placesIn(`${name}.ts`)).to.deep.equal(PLACES);
        expect(placesIn(`${name}.js`)).to.deep.equal([]);
      });
    }

    it('lead to each of several originals', () => {
      expect(placesIn('chain-b.ts')).to.deep.equal(['other 3']);
    });

    it('count as none where they are wrong', () => {
      const rows = code.split('\n');
      const line = (text: string): number => rows.findIndex((row) => row.includes(text)) + 1;
      const own = [
        `first ${line('function first')}`,
        `second ${line('function second')}`,
        `Thing.constructor ${line('constructor(')}`,
        `Thing.describe ${line('describe()')}`,
        `boom ${line('function boom')}`,
      ];
      for (const name of Object.keys(BAD)) {
        expect(placesIn(`${name}.js`), name).to.deep.equal(own);
      }
    });

    /** Without columns where lines are asked for, and without the frames of our `require`, where Node has no better hooks. */
    const lineStack = (text: string): string => ownStack(text).replace(/(\.c?js:\d+):\d+/g, '$1');
    const ownStack = (text: string): string =>
      text.replace(/^ {4}at .*\/dist\/cjs\/install\.cjs.*\n/gm, '').replace(/^ {4}at .*node:.*\n/gm, '');

    it('leave the lines of error stacks as they are', () => {
      expect(plain.match(/RangeError: boom\n {4}at \S*boom /g)).to.have.length(names.length + 1);
      expect(lineStack(recorded.stdout)).to.equal(lineStack(plain));
    });

    /** With an `import` of anything Node itself enters a program in another way. */
    const without = how === '--import' ? ['--import', 'data:text/javascript,'] : [];

    it('lead errors of tsc output to the same places under --enable-source-maps, caught and uncaught', async () => {
      project.write(
        'fails.cjs',
        `try { require('./external.js').boom(); } catch (e) { console.log(e.stack); }\nrequire('./inline.js').boom();`,
      );
      const own = await project.node([...without, '--enable-source-maps', 'fails.cjs']);
      const hooked = await project.node([...preload, '--enable-source-maps', 'fails.cjs']);
      expect(own.stdout).to.contain('external.ts:16:9');
      expect(own.stderr).to.contain('inline.ts:16:9');
      expect(hooked.code).to.equal(1);
      expect(ownStack(hooked.stdout)).to.equal(ownStack(own.stdout));
      expect(ownStack(hooked.stderr)).to.equal(ownStack(own.stderr));
    });

    it('leave the lines of an uncaught error as they are without a flag', async () => {
      project.write('uncaught.cjs', `require('./inline.js').boom();`);
      const own = await project.node(['uncaught.cjs']);
      const hooked = await project.node([...preload, 'uncaught.cjs']);
      const places = (text: string): string[] => lineStack(text).match(/^ {4}at .*|^\S+js:\d+$|^\w+Error.*/gm)!;
      expect(places(own.stderr)).to.have.length(4);
      expect(places(hooked.stderr)).to.deep.equal(places(own.stderr));
    });
  });
}
