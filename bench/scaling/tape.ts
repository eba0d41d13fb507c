// Events as data: a tape holds the address of a function for each call and 0 for each return. So one loop drives every
// shape of program, and differences between shapes are not those of the loops.

/** Balanced: each call returns, the last one first. */
export type Tape = Int32Array;

export interface Shape {
  readonly name: string;
  /** What grows. */
  readonly of: string;
  readonly sizes: readonly number[];
  /** Functions that a tape of this size needs. */
  functions(size: number): number;
  tape(fns: Int32Array, size: number, random: () => number): Tape;
}

const POWERS = [1, 10, 100, 1000, 10_000, 100_000];

/** Callees of one caller in the shape `functions`: few, so that it is the functions that grow. */
const GROUP = 10;

/** Numbers from 0 up to 1; the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In an order that no prefetcher foresees. */
export function shuffled(values: Int32Array, random: () => number): Int32Array {
  const result = values.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Calls `callee` from `caller`, once for each pair. */
function pairs(callers: Int32Array, calleeOf: (i: number) => number): Tape {
  return Int32Array.from([...callers].flatMap((caller, i) => [caller, calleeOf(i), 0, 0]));
}

export const SHAPES: readonly Shape[] = [
  {
    name: 'functions',
    of: 'functions, each with at most nine callees',
    sizes: POWERS.slice(1),
    functions: (size) => size,
    tape(fns, size, random) {
      const groups = shuffled(
        Int32Array.from({ length: size / GROUP }, (_, i) => i * GROUP),
        random,
      );
      return Int32Array.from(
        [...groups].flatMap((at) => [fns[at], ...[...fns.subarray(at + 1, at + GROUP)].flatMap((fn) => [fn, 0]), 0]),
      );
    },
  },
  {
    name: 'fan-out',
    of: 'callees of one caller',
    sizes: POWERS.slice(0, 5),
    functions: (size) => size + 1,
    tape: (fns, size, random) =>
      Int32Array.from([fns[size], ...[...shuffled(fns.subarray(0, size), random)].flatMap((fn) => [fn, 0]), 0]),
  },
  {
    name: 'fan-in',
    of: 'callers of one callee, taking turns',
    sizes: POWERS.slice(0, 5),
    functions: (size) => size + 1,
    tape: (fns, size, random) => pairs(shuffled(fns.subarray(0, size), random), () => fns[size]),
  },
  {
    name: 'pairs',
    of: 'callees of each of 10 callers, every pair taken, callers taking turns',
    sizes: POWERS.slice(0, 5),
    functions: (size) => size + 10,
    tape(fns, size, random) {
      const all = shuffled(
        Int32Array.from({ length: size * 10 }, (_, i) => i),
        random,
      );
      const callers = all.map((pair) => fns[size + (pair % 10)]);
      return pairs(callers, (i) => fns[Math.floor(all[i] / 10)]);
    },
  },
  {
    name: 'depth',
    of: 'frames: down to the deepest and back up, ten functions in turn',
    sizes: POWERS.slice(0, 5),
    functions: () => 10,
    tape: (fns, size) => Int32Array.from({ length: 2 * size }, (_, i) => (i < size ? fns[i % 10] : 0)),
  },
];
