// What Node runs besides files of JavaScript, and code that comes from elsewhere than a file: everything does what it does
// without us, and what is in a file is counted, whoever calls it.
import { expect } from 'chai';
import { PRELOADS, projects } from './programs.ts';

/** `(import "./env.mjs" "tick")`, and an export `run` that calls it twice and adds. */
const WASM = [
  '\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x02\x12\x01\x09./env.mjs\x04tick\0\0',
  '\x03\x02\x01\0\x07\x07\x01\x03run\0\x01\x0a\x09\x01\x07\0\x10\0\x10\0\x6a\x0b',
].join('');

const FILES = {
  'main.mjs': `
    import { createRequire } from 'node:module';
    import { readFileSync } from 'node:fs';
    import { basename, relative } from 'node:path';
    import vm from 'node:vm';
    import data, { default as same } from './data.json' with { type: 'json' };
    import { double } from 'data:text/javascript,export function double(x) { return 2 * x }';
    import { run } from './sum.wasm';
    import { tick } from './env.mjs';
    import common, { local } from './common.cjs';

    const require = createRequire(import.meta.url);
    function count(x) { return x; }
    const say = (what, ...values) => console.log(what, ...values);

    const again = await import('./data.json', { with: { type: 'json' } });
    say('json', data.x, same === again.default, require('./data.json').x, require('./data.json') === require('./data.json'));
    say('json by the wrong type', await import('./data.json?wrong').catch((e) => e.code));
    say('data', double(count(2)), (await import('data:application/json,{"y":3}', { with: { type: 'json' } })).default.y);
    const { instance } = await WebAssembly.instantiate(readFileSync(new URL('sum.wasm', import.meta.url)), { './env.mjs': { tick } });
    say('wasm', run(), instance.exports.run());
    say('meta', basename(import.meta.filename), basename(import.meta.dirname) === basename(process.cwd()),
      basename(import.meta.resolve('./common.cjs')), import.meta.resolve('node:fs'), basename(import.meta.url));
    say('resolve', basename(require.resolve('./common.cjs')), require.resolve.paths('x').length > 0, typeof require.cache[require.resolve('./common.cjs')]);

    const twice = './twice.cjs';
    require(twice); delete require.cache[require.resolve(twice)]; require(twice); require(twice);
    say('cache', Object.keys(require.cache).filter((file) => /^[a-z]/.test(relative(import.meta.dirname, file))).map((file) => basename(file)).sort().join());
    await import('./fresh.mjs'); await import('./fresh.mjs'); await import('./fresh.mjs?2');
    say('dynamic', await local(), (await common.fromCommonJs('./env.mjs')).tick === tick);

    globalThis.count = count;
    say('eval', (0, eval)('count(1)'), new Function('a', 'return count(a)')(2), eval('count(3)'));
    say('this', new Function('return typeof require + this.constructor.name')());

    const context = vm.createContext({ count, result: [] });
    new vm.Script('for (let i = 0; i < 3; i++) result.push(count(i))', { filename: 'inside.js' }).runInContext(context);
    vm.runInContext('function inner(f) { return f(7) }; result.push(inner(count))', context);
    vm.runInNewContext('f(8)', { f: count });
    say('vm', context.result.join(), vm.runInThisContext('count(9)'), vm.compileFunction('return f(a)', ['f', 'a'])(count, 10));
    try { vm.runInThisContext('\\n nope()', { filename: 'where.js' }); } catch (e) { say('vm error', e.stack.match(/where\\.js:\\d+:\\d+/)[0]); }

    const script = new vm.Script('import("./env.mjs")', { importModuleDynamically: (specifier) => import(specifier) });
    say('vm import', (await script.runInThisContext()).tick === tick);
    const { USE_MAIN_CONTEXT_DEFAULT_LOADER: loader } = vm.constants;
    const filename = import.meta.filename;
    say('vm default loader', (await new vm.Script('import("./late.mjs")', { filename, importModuleDynamically: loader }).runInThisContext()).late());
    const source = new vm.SourceTextModule('import { tick } from "./env.mjs"; export const got = [tick(), count(11), import.meta.here]', {
      context: vm.createContext({ count }), initializeImportMeta: (meta) => (meta.here = 'here'),
    });
    await source.link(async (specifier, { context }) => {
      const { tick } = await import(specifier);
      return new vm.SyntheticModule(['tick'], function () { this.setExport('tick', tick); }, { context });
    });
    await source.evaluate();
    say('vm module', source.namespace.got.join());`,
  'env.mjs': `let n = 0; export function tick() { return ++n; }`,
  'late.mjs': `export const late = () => 'late';`,
  'fresh.mjs': `function once() {} once();`,
  'twice.cjs': `(function twice() {})();`,
  'common.cjs': `
    exports.local = async function local() { const { tick } = await import('./env.mjs'); return tick(); };
    exports.fromCommonJs = (name) => import(name);
    module.exports.json = require('./data');`,
  'data.json': '{"x":1}',
  'sum.wasm': WASM,
};

for (const [how, preload] of PRELOADS) {
  describe(`what is no file of JavaScript, by ${how}`, () => {
    const project = projects();

    it('runs as without us, and what it calls is counted', async () => {
      const program = project(FILES);
      const flags = ['--no-warnings', '--experimental-wasm-modules', '--experimental-vm-modules'];
      const plain = await program.node([...flags, 'main.mjs']);
      expect(plain.stderr).to.equal('');
      expect(plain.stdout).to.match(/\nvm module 6,11,here\n$/);
      const { calls, stdout, stderr } = await program.record(preload, [...flags, 'main.mjs']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: plain.stdout, stderr: plain.stderr });
      expect(calls).to.include({
        'main.mjs:count': 12,
        'env.mjs:tick': 6,
        'late.mjs:late': 1,
        'fresh.mjs:once': 2,
        'twice.cjs:twice': 2,
        'common.cjs:local': 1,
        'common.cjs:exports.fromCommonJs': 1,
      });
    });
  });
}
