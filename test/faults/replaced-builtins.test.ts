// A program that replaces what it can of the language's built-in objects by what throws, once it runs: hooks that called any
// of it would fail in the middle of the program, or count less.
import { expect } from 'chai';
import { REGISTER_CJS, projects } from '../register/programs.ts';

/** Node's own code for ticks of the event loop calls what is left out here; the program itself fails without it. */
const REPLACE = `
/* everycall-ignore-file */
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, prototype: object } = Object;
const { ownKeys } = Reflect;
const { Error } = globalThis;
const fail = () => { throw new Error('replaced'); };
const changes = [];
function replaceMembers(owner, ...left) {
  for (const key of ownKeys(owner)) {
    const before = getOwnPropertyDescriptor(owner, key);
    if (!before.configurable || left.includes(key) || key === 'constructor') continue;
    const { enumerable } = before;
    if (before.get) changes.push([owner, key, before, { __proto__: null, get: fail, set: fail, enumerable, configurable: true }]);
    else if (typeof before.value === 'function')
      changes.push([owner, key, before, { __proto__: null, value: fail, writable: true, enumerable, configurable: true }]);
  }
}
const typedArray = getPrototypeOf(Int32Array);
replaceMembers(typedArray.prototype, 'length', 'buffer', 'byteLength', 'byteOffset', Symbol.toStringTag);
replaceMembers(Array.prototype, 'pop');
replaceMembers(Promise, Symbol.species);
replaceMembers(object, '__proto__');
for (const owner of [typedArray, Array, Object, Reflect, Math, Number, JSON, Atomics, Map, String, Date, Error, performance])
  replaceMembers(owner);
for (const { prototype } of [Map, Set, WeakMap, WeakSet, WeakRef, DataView, Promise, Function, Symbol, String, Number, BigInt, RegExp,
  Date, Error, ArrayBuffer, SharedArrayBuffer, FinalizationRegistry, TextEncoder, TextDecoder, Performance])
  replaceMembers(prototype, Symbol.toPrimitive, Symbol.hasInstance);
for (const name of ['Map', 'Set', 'WeakMap', 'WeakRef', 'Object', 'Reflect', 'Array', 'Math', 'Number', 'JSON', 'Atomics', 'Promise', 'Function',
  'Symbol', 'String', 'Proxy', 'Int32Array', 'Float64Array', 'Uint8Array', 'ArrayBuffer', 'SharedArrayBuffer', 'TextEncoder', 'TextDecoder',
  'queueMicrotask', 'setTimeout', 'setImmediate', 'performance', 'RangeError', 'TypeError', 'Error', 'BroadcastChannel', 'WebAssembly',
  'process']) {
  const before = getOwnPropertyDescriptor(globalThis, name);
  if (before.configurable) changes.push([globalThis, name, before, { __proto__: null, get: fail, configurable: true }]);
}
/** Names of our own objects' properties. */
for (const name of ['next', 'return', 'throw', 'done', 'kind', 'fn', 'edge', 'node', 'tag', 'state', 'isLeft', 'runtime'])
  changes.push([object, name, { __proto__: null, value: undefined, configurable: true, writable: true }, { __proto__: null, set: fail, get: undefined, configurable: true }]);
module.exports = {
  replace() { for (let i = 0; i < changes.length; i++) defineProperty(changes[i][0], changes[i][1], changes[i][3]); },
  putBack() { for (let i = 0; i < changes.length; i++) defineProperty(changes[i][0], changes[i][1], changes[i][2]); },
};`;

const MAIN = `
const { writeSync } = require('node:fs');
const { nextTick } = process;
const { setImmediate, setTimeout, Promise } = globalThis;
const { replace, putBack } = require('./replace.cjs');
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function* upTo(n) { for (let i = 0; i < n; i++) yield i; }
function* twice(n) { yield* upTo(n); yield* upTo(n); }
async function later(n) { await null; return fib(n); }
async function* stream(n) { for (let i = 0; i < n; i++) yield later(i); }
class Point { #x = fib(3); static made = 0; constructor() { Point.made++; } get x() { return this.#x; } }
function fails(n) { try { if (n > 0) return fails(n - 1); throw new TypeError('end'); } finally { Point.made++; } }
function deep(n) { return n === 0 ? 0 : 1 + deep(n - 1); }
const { TypeError } = globalThis;
// Many callers of one function: new edges while everything is replaced.
const many = [];
for (let i = 0; i < 300; i++) many[i] = require('./caller' + i % 3 + '.js')(fib, i);
const wait = (way) => new Promise((done) => way(done));
async function main() {
  let total = 0;
  for (let round = 0; round < 40; round++) {
    total += fib(15) + new Point().x + deep(2000);
    for (const value of twice(5)) total += value;
    for await (const value of stream(6)) total += value;
    await wait(nextTick);
    await wait(setImmediate);
    await wait(setTimeout);
    try { fails(10); } catch (error) { total += error.message.length; }
    for (let i = 0; i < 300; i++) total += many[i]();
  }
  return total;
}
(async () => {
  replace();
  let said;
  try { said = await main(); } catch (error) { putBack(); said = error.stack; }
  putBack();
  writeSync(1, said + ' ' + Point.made + '\\n');
  process.exitCode = 3;
})();`;

const CALLER = `module.exports = (fib, i) => ({ a() { return fib(1) }, b() { return fib(2) } })[i % 2 ? 'a' : 'b'];`;

const START = `
const { isMainThread } = require('node:worker_threads');
if (isMainThread) {
  everycall.start({ precision: process.env.PRECISION });
  process.on('exit', () => {
    const rows = everycall.snapshot().functions.filter(({ file }) => file.endsWith('main.js'));
    // Of all together: between two ticks one function may come and go unseen.
    if (!(rows.reduce((sum, { selfWallNs }) => sum + selfWallNs, 0) > 0)) throw new Error('no time');
    const lines = rows.map((row) => [row.name, row.calls, row.resumes, row.errors].join(' '));
    require('node:fs').writeSync(2, lines.sort().join('\\n'));
  });
}`;

/** Starts, stops and clears from another thread, whose built-in objects are as they were. */
const MEDDLE = `
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
  everycall.start({ precision: process.env.PRECISION });
  new Worker('setInterval(() => { everycall.stop(); everycall.clear(); everycall.start(); everycall.snapshot(); }, 1)', { eval: true }).unref();
}`;

/** Calls, resumes and errors, as the text says. 40 rounds. */
const EXPECTED = [
  'Point.constructor 40 0 0',
  'deep 80040 0 0',
  'fails 440 0 440',
  `fib ${40 * (1973 + 5 + (1 + 1 + 3 + 5 + 9 + 15) + 150 + 450)} 0 0`,
  'later 240 240 0',
  'stream 40 280 0',
  'twice 40 520 0',
];

describe('a program that replaces built-in objects', function () {
  this.timeout(120_000);
  const project = projects();
  const files = {
    'main.js': MAIN,
    'replace.cjs': REPLACE,
    'start.cjs': START,
    'meddle.cjs': MEDDLE,
    ...Object.fromEntries([0, 1, 2].map((n) => [`caller${n}.js`, CALLER])),
  };

  for (const precision of ['exact', 'sampled', 'adaptive']) {
    it(`runs as without us, and every call, resume and error is counted: ${precision}`, async () => {
      const program = project(files);
      const plain = await program.node(['main.js']);
      expect(plain.stdout).to.match(/^\d+ 480\n$/);
      const env = { PRECISION: precision };
      const { stdout, code, stderr } = await program.node(['-r', REGISTER_CJS, '-r', './start.cjs', 'main.js'], {
        env,
      });
      expect({ stdout, code }, stderr).to.deep.equal({ stdout: plain.stdout, code: 3 });
      expect(stderr.split('\n')).to.include.members(EXPECTED);
    });

    it(`runs as without us while another thread starts, stops and clears: ${precision}`, async () => {
      const program = project(files);
      const plain = await program.node(['main.js']);
      const env = { PRECISION: precision };
      const { stdout, code, stderr } = await program.node(['-r', REGISTER_CJS, '-r', './meddle.cjs', 'main.js'], {
        env,
      });
      expect({ stdout, code, stderr }).to.deep.equal({ stdout: plain.stdout, code: 3, stderr: '' });
    });
  }
});
