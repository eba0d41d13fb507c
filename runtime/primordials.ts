// Built-in functions as they were when the runtime was loaded. The program may replace what it likes of them later; the
// hooks run in the middle of it, and neither fail nor call anything of the program's. What runs in hooks takes them from
// here, and none by way of a global's name or a prototype.
export const { apply } = Reflect;

const { add, compareExchange, exchange, load, notify, store, wait } = Atomics;
const { clz32, floor, imul, max, min } = Math;
// Literals: V8 keeps what is made property by property as a hash table.
const ownAtomics = { __proto__: null, add, compareExchange, exchange, load, notify, store, wait };
const ownMath = { __proto__: null, clz32, floor, max, min };
export { imul, ownAtomics as Atomics, ownMath as Math };

export const { isFinite } = Number;
export const { asyncDispose, asyncIterator, dispose, iterator } = Symbol;

const typedArrayFill = Int32Array.prototype.fill;

/** `array.fill(0, from, to)` */
export function fillWithZeros(array: Int32Array | Float64Array, from: number, to: number): void {
  apply(typedArrayFill as (value: number, from: number, to: number) => unknown, array, [0, from, to]);
}
