// Positions through input source maps, and back through the output's map. Positions in plain files are compared with
// V8's own in forms.test.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, win32 } from 'node:path';
import type { PlatformPath } from 'node:path';
import { transformSync } from '@babel/core';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { expect } from 'chai';
import { buildSync, transformSync as esbuild } from 'esbuild';
import type { SiteTable } from '../../runtime/contract.ts';
import everycallPlugin from '../../transform/index.ts';
import { createOrigin } from '../../transform/positions.ts';
import { createRecorder, instrument, run, tableOf } from '../support/instrument.ts';
import type { Registered } from '../support/instrument.ts';

const places = ({ sites }: SiteTable): string[] =>
  sites.slice(1).map(([name, , line, column]) => `${name} ${line}:${column}`);

/** `name line:column` of each `/*name*\/` mark in a source: where the token behind the mark is. */
function marks(source: string): string[] {
  const found: string[] = [];
  source.split('\n').forEach((line, i) => {
    for (const { 0: mark, 1: name, index } of line.matchAll(/\/\*(\S.*?)\*\//g))
      found.push(`${name} ${i + 1}:${index + mark.length}`);
  });
  return found;
}

async function registered(code: string, settings: Parameters<typeof instrument>[1]): Promise<Registered> {
  const hooks = createRecorder();
  await run(instrument(code, { moduleKind: 'commonjs', ...settings }), 'commonjs', hooks);
  return hooks.files[0];
}

describe('positions', () => {
  it('are those of the first token, after decorators and static', () => {
    const source = `
/*f*/function f() {} const g = /*g*/(a) => 1, o = {
  /*o.m*/m() {}, /*get o.p*/get p() { return 1 }, /*o[f]*/[f]() {} };
class C {
  @dec() @dec /*C.d*/d() {}
  static // why
    /*static C.s*/s() {}
  static    /*static get C.p*/get p() { return 1 }
  static /*static C.static*/static() {}
  @dec static /*static C.f*/f = f();
  /*C.<static>*/static { f() }
}
function dec() {}`;
    const babel = { parserOpts: { plugins: ['decorators' as const] } };
    expect(places(tableOf(source, { babel })).slice(0, -1)).to.deep.equal(marks(source));
  });

  describe('through an input source map', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall map-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const source = `interface Long { a: number; b: string }

export const x = 1;
/*f*/function f(a: number): number { return a }
class C { /*C.m*/m() { return /*C.m.<anonymous>*/() => f(1) } }
exports.C = C;`;
    const compile = (sourcemap: 'inline' | 'external') =>
      esbuild(source, { loader: 'ts', sourcefile: 'orig.ts', sourcemap, format: 'cjs', minifyWhitespace: true });

    function write(name: string, text: string): string {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    }
    const ofSource = (file: Registered): string[] => places(file.table).filter((place) => !place.startsWith('__'));
    const expected = marks(source);

    it('inline', async () => {
      const file = await registered(compile('inline').code, { filename: join(folder, 'out.js') });
      expect(file.file).to.equal(join(folder, 'orig.ts'));
      expect(ofSource(file)).to.include.members(expected);
    });

    it('beside the file or in another directory', async () => {
      const { code, map } = compile('external');
      for (const url of ['out.js.map', 'maps/out.js.map']) {
        write(url, map);
        const text = `${code}//# sourceMappingURL=${url}\n`;
        const file = await registered(text, { filename: write('out.js', text) });
        expect(file.file).to.equal(join(folder, dirname(url), 'orig.ts'));
        expect(ofSource(file)).to.include.members(expected);
      }
    });

    it('given as an option, with a root, a URL or an absolute path', async () => {
      const { code, map } = compile('external');
      const original = JSON.parse(map) as Record<string, unknown>;
      const fileFor = async (changes: object): Promise<string> => {
        const babel = { inputSourceMap: { ...original, ...changes } as never };
        const file = await registered(code, { babel, filename: join(folder, 'out.js') });
        expect(ofSource(file)).to.include.members(expected);
        return file.file;
      };
      expect(await fileFor({ sourceRoot: 'src' })).to.equal(join(folder, 'src/orig.ts'));
      expect(await fileFor({ sourceRoot: '/abs/' })).to.equal('/abs/orig.ts');
      expect(await fileFor({ sourceRoot: 7 })).to.equal(join(folder, 'orig.ts'));
      expect(await fileFor({ sources: ['./x/../orig.ts'] })).to.equal(join(folder, 'orig.ts'));
      expect(await fileFor({ sources: ['file:///a%20b/orig.ts'] })).to.equal('/a b/orig.ts');
      expect(await fileFor({ sources: ['webpack://app/orig.ts'] })).to.equal('webpack://app/orig.ts');
    });

    it('says the file itself of functions that the map does not know', async () => {
      const { code, map } = compile('external');
      const filename = join(folder, 'out.js');
      const file = await registered(`function helper() {}\n${code}`, {
        filename,
        babel: {
          inputSourceMap: {
            ...(JSON.parse(map) as { mappings: string }),
            mappings: `;${(JSON.parse(map) as { mappings: string }).mappings}`,
          } as never,
        },
      });
      expect(file.table.files).to.deep.equal([filename]);
      expect(file.table.sites[1]).to.deep.equal(['helper', 1, 1, 0, 0]);
      expect(ofSource(file)).to.include.members(expected);
    });

    it('to several sources names each in its rows', async () => {
      write('one.js', 'export const one = () => 1;');
      const entry = write(
        'two.js',
        "import { one } from './one.js';\n\nfunction two() { return one() }\nmodule.exports = () => eval('two()');",
      );
      const outfile = join(folder, 'bundle.js');
      buildSync({
        entryPoints: [entry],
        outfile,
        bundle: true,
        sourcemap: 'inline',
        format: 'cjs',
        logLevel: 'silent',
      });
      const { readFileSync } = await import('node:fs');
      const { file, table } = await registered(readFileSync(outfile, 'utf8'), { filename: outfile });
      expect(file).to.equal(outfile);
      const files = table.files!;
      const row = (wanted: string) => {
        const [, , line, column, other] = table.sites.find(([name]) => name === wanted)!;
        return [files[other!], line, column];
      };
      expect(row('one')).to.deep.equal([join(folder, 'one.js'), 1, 19]);
      expect(row('two')).to.deep.equal([join(folder, 'two.js'), 3, 0]);
      expect(table.left[0].slice(2)).to.deep.equal([4, 17, 'eval', files.indexOf(join(folder, 'two.js'))]);
      expect(table.sites[0]).to.deep.equal(['<module>', 0, 1, 0]);
    });

    it('that cannot be read is as good as none', async () => {
      const text = 'const f = () => 1;\n//# sourceMappingURL=missing.map';
      const file = await registered(text, { filename: join(folder, 'out.js') });
      expect([file.file, ...places(file.table)]).to.deep.equal([join(folder, 'out.js'), 'f 1:10']);
    });
  });

  it('are told without a file name too', () => {
    const { code } = transformSync('f()', { configFile: false, babelrc: false, plugins: [everycallPlugin] })!;
    expect(code).to.contain('"<unknown>"');
  });

  it('of the output lead back to the program by its source map', () => {
    const source =
      'function f(a) {\n  if (a) throw new Error(a);\n  let n = 1;\n  function g() { return n.oops }\n  return (b) => b.oops;\n}';
    const { code, map } = transformSync(source, {
      ...{ configFile: false, babelrc: false, sourceMaps: true, filename: '/app/file.js' },
      plugins: [everycallPlugin],
    })!;
    const trace = new TraceMap(map as never);
    const original = (text: string, nth = 0): [number | null, number | null] => {
      let at = code!.indexOf(text);
      for (let i = 0; i < nth; i++) at = code!.indexOf(text, at + 1);
      const lines = code!.slice(0, at).split('\n');
      const { line, column } = originalPositionFor(trace, {
        line: lines.length,
        column: lines[lines.length - 1].length,
      });
      return [line, column];
    };
    expect(original('new Error')).to.deep.equal([2, 15]);
    // Bodies that stand there twice lead back to one place.
    for (const nth of [0, 1]) expect(original('oops', nth)).to.deep.equal([4, 26]);
    for (const nth of [2, 3]) expect(original('oops', nth)).to.deep.equal([5, 18]);
  });
});

describe('createOrigin()', () => {
  const mapOf = (source: string, sourceRoot?: string) => ({
    ...{ version: 3, names: [], mappings: 'AAEA', sources: [source] },
    ...(sourceRoot && { sourceRoot }),
  });

  it('gives paths of Windows with forward slashes, whatever the map writes', () => {
    const file = 'C:\\app\\dist\\a.js';
    const place = (source: string, sourceRoot?: string, code = '') =>
      createOrigin(file, code, mapOf(source, sourceRoot), win32).locate({ line: 1, column: 0 });
    expect(createOrigin(file, '', null, win32).file).to.equal('C:/app/dist/a.js');
    expect(place('../src/a.ts')).to.deep.equal({ file: 'C:/app/src/a.ts', line: 3, column: 0 });
    expect(place('..\\src\\a.ts').file).to.equal('C:/app/src/a.ts');
    expect(place('D:\\src\\a.ts').file).to.equal('D:/src/a.ts');
    expect(place('D:/src/a.ts').file).to.equal('D:/src/a.ts');
    expect(place('file:///D:/s%20c/a.ts').file).to.equal('D:/s c/a.ts');
    expect(place('a.ts', 'D:\\src').file).to.equal('D:/src/a.ts');
    expect(place('a.ts', undefined, '//# sourceMappingURL=maps/a.js.map').file).to.equal('C:/app/dist/maps/a.ts');
    expect(place('webpack://app/./a.ts').file).to.equal('webpack://app/./a.ts');
  });

  it('keeps a URL that is of another system', () => {
    const file = (path: PlatformPath, own: string, source: string) => createOrigin(own, '', mapOf(source), path).file;
    expect(file(win32, 'C:\\a.js', 'file:///home/a.ts')).to.equal('file:///home/a.ts');
    expect(file(posix, '/a.js', 'file://host/share/a.ts')).to.equal('file://host/share/a.ts');
    expect(file(posix, '/a.js', 'file:///home/a.ts')).to.equal('/home/a.ts');
  });
});
