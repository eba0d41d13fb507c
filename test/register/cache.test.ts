import { expect } from 'chai';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheKey, openCache } from '../../src/register/cache.ts';
import type { Compiled, Fresh } from '../../src/register/cache.ts';
import { PRELOADS, projects } from './programs.ts';

const entry = (code: string): Fresh => ({ code, format: 'module', map: '{"version":3}' });

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());

/** What is run of an entry that could not be written: it has its map in it. */
const inline: Compiled = {
  code: `x\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(entry('x').map).toString('base64')}\n`,
  format: 'module',
};

describe('openCache()', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'everycall-cache-test-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const key = cacheKey(['a']);
  const open = (maxBytes?: number) => openCache(directory, '/', maxBytes);
  /** What is run of an entry that lies in the cache. */
  const stored = (code: string): Compiled => ({
    code: `${code}\n//# sourceMappingURL=${pathToFileURL(join(directory, key)).pathname}.map\n`,
    format: 'module',
  });

  it('gives back what was written, to another process too', () => {
    const code = 'const ü = "\u2028\\n";\n';
    expect(open().write(key, entry(code))).to.deep.equal(stored(code));
    expect(open().read(key)).to.deep.equal(stored(code));
    expect(readFileSync(join(directory, `${key}.map`), 'utf8')).to.equal(entry(code).map);
    expect(readdirSync(directory)).to.have.members([key, `${key}.map`]); // nothing half written is left
  });

  it('knows nothing of what was never written', () => {
    expect(open().read(key)).to.equal(null);
  });

  it('tells keys apart by where their parts end', () => {
    expect(cacheKey(['ab', 'c'])).not.to.equal(cacheKey(['a', 'bc']));
  });

  it('ignores an entry that was cut, changed or is something else, and replaces it', () => {
    open().write(key, entry('let a = 1;'));
    const whole = readFileSync(join(directory, key), 'utf8');
    const damaged = [
      whole.slice(0, -1),
      whole.replace('a = 1', 'a = 2'),
      whole.replace('module', 'commonjs'),
      '',
      'x',
      '\n',
    ];
    for (const text of damaged) {
      writeFileSync(join(directory, key), text);
      expect(open().read(key), JSON.stringify(text)).to.equal(null);
      open().write(key, entry('let a = 1;'));
      expect(open().read(key)).to.deep.equal(stored('let a = 1;'));
    }
  });

  it('removes the oldest when it has grown past its bound, and nothing that is not its own', () => {
    writeFileSync(join(directory, 'notes.txt'), 'x'.repeat(10_000));
    const keys = ['1', '2', '3', '4'].map((part) => cacheKey([part]));
    keys.forEach((each, i) => {
      open(3000).write(each, entry('x'.repeat(900)));
      for (const file of [each, `${each}.map`]) if (i < 3) utimesSync(join(directory, file), i + 1, i + 1);
    });
    for (const end of ['', '.map']) {
      expect(keys.map((each) => existsSync(join(directory, each + end)))).to.deep.equal([false, false, true, true]);
    }
    expect(existsSync(join(directory, 'notes.txt'))).to.equal(true);
  });

  it('counts what V8 keeps of it as its own', () => {
    const folder = join(directory, 'v8', 'v26.0.0-x64-0');
    mkdirSync(folder, { recursive: true });
    ['0a1b2c3d', '1a1b2c3d'].forEach((name, i) => {
      writeFileSync(join(folder, name), 'x'.repeat(2000));
      utimesSync(join(folder, name), i + 1, i + 1);
    });
    writeFileSync(join(folder, 'notes.txt'), 'x');
    open(5000).write(key, entry('x'.repeat(900)));
    expect(readdirSync(folder)).to.deep.equal(['1a1b2c3d', 'notes.txt']);
    expect(existsSync(join(directory, key))).to.equal(true);
  });

  it('is silent where nothing can be written or a file stands in the way', () => {
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    for (const place of [blocked, join(blocked, 'below')]) {
      const cache = openCache(place, '/');
      expect(cache.write(key, entry('x'))).to.deep.equal(inline);
      expect(cache.read(key)).to.equal(null);
    }
    mkdirSync(join(directory, key));
    expect(open().write(key, entry('x'))).to.deep.equal(inline);
    expect(open().read(key)).to.equal(null);
    expect(readdirSync(directory).sort()).to.deep.equal([key, 'file'].sort());
  });

  it('does nothing when it is off', () => {
    const cache = openCache('off', directory);
    expect(cache.write(key, entry('x'))).to.deep.equal(inline);
    expect(cache.read(key)).to.equal(null);
  });

  it('lies in the node_modules of the package around, and never makes one', () => {
    writeFileSync(join(directory, 'package.json'), '{}');
    mkdirSync(join(directory, 'node_modules'));
    mkdirSync(join(directory, 'deep'));
    openCache(undefined, join(directory, 'deep')).write(key, entry('x'));
    expect(existsSync(join(directory, 'node_modules', '.cache', 'everycall', key))).to.equal(true);
    rmSync(join(directory, 'node_modules'), { recursive: true });
    openCache(undefined, directory).write(key, entry('x'));
    expect(existsSync(join(directory, 'node_modules'))).to.equal(false);
  });
});

for (const [how, preload] of PRELOADS) {
  describe(`the transform cache by ${how}`, () => {
    const project = projects();
    const files = {
      'main.mjs': `import { part } from './part.cjs'; console.log(part(1), Object.keys(process.moduleLoadList ?? {}).length >= 0);`,
      'part.cjs': `exports.part = function part(x) { return x; };`,
    };

    it('serves the second run, and not another content or other options', async () => {
      const program = project(files);
      const env = { EVERYCALL_CACHE: program.path('cache') };
      const entries = (): number => readdirSync(program.path('cache')).length;
      await program.record(preload, ['main.mjs'], { env });
      const first = entries();
      const age = statSync(program.path('cache')).mtimeMs;
      const again = await program.record(preload, ['main.mjs'], { env });
      expect(again.calls).to.include({ 'part.cjs:part': 1 });
      expect(entries()).to.equal(first);
      expect(statSync(program.path('cache')).mtimeMs).to.equal(age);
      program.write('part.cjs', `exports.part = function changed(x) { return x + 1; };`);
      const changed = await program.record(preload, ['main.mjs'], { env });
      expect(changed.calls).to.include({ 'part.cjs:changed': 1 });
      expect(changed.stdout).to.match(/^2 /);
      expect(entries()).to.equal(first + 2); // an entry and its map
    });

    it('may be damaged', async () => {
      const program = project(files);
      const env = { EVERYCALL_CACHE: program.path('cache') };
      await program.record(preload, ['main.mjs'], { env });
      for (const file of filesIn(program.path('cache'))) writeFileSync(file, 'garbage\ngarbage');
      const { calls, stderr } = await program.record(preload, ['main.mjs'], { env });
      expect(stderr).to.equal('');
      expect(calls).to.include({ 'part.cjs:part': 1 });
    });

    it('keeps columns right under --enable-source-maps, and does without its maps', async () => {
      const program = project({
        'main.mjs': `import { part } from './part.cjs'; try { part(); } catch (e) { console.log(e.stack.match(/part.cjs:[0-9:]+/)[0]); }`,
        'part.cjs': `const one = () => 1; exports.part = function part() { one(); one(); throw new Error('x'); };`,
      });
      const env = { EVERYCALL_CACHE: program.path('cache') };
      const place = async () =>
        (await program.record(preload, ['--enable-source-maps', 'main.mjs'], { env })).stdout.trim();
      const column = 1 + `const one = () => 1; exports.part = function part() { one(); one(); throw `.length;
      expect([await place(), await place()]).to.deep.equal([`part.cjs:1:${column}`, `part.cjs:1:${column}`]);
      for (const name of readdirSync(program.path('cache')))
        if (name.endsWith('.map')) rmSync(program.path(`cache/${name}`));
      expect(await place()).to.match(/^part\.cjs:1:/);
    });

    if ('enableCompileCache' in module) {
      const folders = async (env: Record<string, string>): Promise<string[]> => {
        const program = project(files);
        const cache = { EVERYCALL_CACHE: program.path('cache'), ...env };
        for (let i = 0; i < 2; i++) {
          const { calls } = await program.record(preload, ['main.mjs'], { env: cache });
          expect(calls).to.include({ 'part.cjs:part': 1 });
        }
        return readdirSync(program.path('cache')).filter((name) => !/^[0-9a-f]{64}/.test(name));
      };

      it('has V8 keep what it compiled', async () => {
        expect(await folders({})).to.have.members(['packs', 'v8']);
      });

      it('leaves that alone where the user decides, or counts what is covered', async () => {
        const elsewhere = mkdtempSync(join(tmpdir(), 'everycall-elsewhere-'));
        for (const name of ['NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE']) {
          expect(await folders({ [name]: elsewhere }), name).to.deep.equal(['packs']);
        }
        rmSync(elsewhere, { recursive: true, force: true });
      });
    }

    it('spares the second run from loading Babel', async () => {
      const program = project({
        'main.cjs': `console.log(Object.keys(require('node:module')._pathCache).some((f) => f.includes('compile.cjs')));`,
      });
      const env = { EVERYCALL_CACHE: program.path('cache') };
      expect((await program.record(preload, ['main.cjs'], { env })).stdout).to.equal('true\n');
      expect((await program.record(preload, ['main.cjs'], { env })).stdout).to.equal('false\n');
    });
  });
}
