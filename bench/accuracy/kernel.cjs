// What the programs spend their time with. Not instrumented.
'use strict';
const { performance } = require('node:perf_hooks');

/** About 1 µs of them on a processor of 3 GHz. What a unit really takes is measured, not assumed. */
const STEPS = 750;

/** Signed LEB128. */
function leb(value) {
  const bytes = [];
  for (; ; value >>= 7) {
    const low = value & 0x7f;
    if (value >> 6 === 0 || value >> 6 === -1) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/**
 * (func (export "spin") (param $n i32) (param $x i32) (result i32)
 *   (loop (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (i32.const 12345)))
 *     (br_if 0 (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0))))
 *   (local.get $x))
 * WebAssembly, because V8 compiles it once: a loop in JavaScript is inlined into each caller and compiled with each, and
 * came out twice as slow in some of them and not in others.
 */
function spinModule() {
  const text = (name) => [name.length, ...Buffer.from(name)];
  const section = (id, body) => [id, body.length, ...body];
  const [i32, get, set, tee, constant] = [0x7f, 0x20, 0x21, 0x22, 0x41];
  const step = [get, 1, constant, ...leb(1103515245), 0x6c, constant, ...leb(12345), 0x6a, set, 1];
  const goOn = [get, 0, constant, 1, 0x6b, tee, 0, constant, 0, 0x4a, 0x0d, 0];
  const code = [0, 0x03, 0x40, ...step, ...goOn, 0x0b, get, 1, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, i32, i32, 1, i32]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('spin'), 0, 0]),
    ...section(10, [1, code.length, ...code]),
  ]);
}

const { spin } = new WebAssembly.Instance(new WebAssembly.Module(spinModule())).exports;
let state = 1;
// V8 calls WebAssembly through a general stub at first, behind which its profiler sees no callers.
for (let i = 0; i < 100_000; i++) state = spin(1, state);

/** So many units of work. */
function spend(units) {
  state = spin(units * STEPS, state);
}

/** Busy until then, on the clock of `performance.now()`. */
function until(ms) {
  while (performance.now() < ms);
}

const pause = () => new Promise((resolve) => setImmediate(resolve));

/** In ms. */
const now = () => performance.now();

module.exports = { spend, until, pause, now };
