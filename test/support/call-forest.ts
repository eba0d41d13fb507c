// Call forests in the notation `name[self](children…)`, e.g. `a[1](b[3] c[1]) b[3]`: a body spends its `self` ticks first
// and then calls its children in order. Parsed from text, or random.
import fc from 'fast-check';

export interface Call {
  readonly name: string;
  readonly self: number;
  readonly children: readonly Call[];
}

/** Reads the notation; throws where it cannot go on. */
export function parseForest(text: string): Call[] {
  let at = 0;
  const calls = (): Call[] => {
    const found: Call[] = [];
    for (;;) {
      const match = /^\s*([\w]+)\[(\d+)\]/.exec(text.slice(at));
      if (match === null) return found;
      at += match[0].length;
      let children: Call[] = [];
      if (text[at] === '(') {
        at++;
        children = calls();
        if (text[at++] !== ')') throw new SyntaxError(`expected ) at ${at - 1} of ${text}`);
      }
      found.push({ name: match[1], self: Number(match[2]), children });
    }
  };
  const forest = calls();
  if (text.slice(at).trim() !== '') throw new SyntaxError(`expected a call at ${at} of ${text}`);
  return forest;
}

export function formatForest(forest: readonly Call[]): string {
  return forest
    .map(({ name, self, children }) => `${name}[${self}]${children.length === 0 ? '' : `(${formatForest(children)})`}`)
    .join(' ');
}

/** The names random forests use: few, so that recursion of every kind is common. */
export const FOREST_NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

/** Random forests of up to 40 calls, deep as well as wide; now and then a body costs nothing. */
export function forests(): fc.Arbitrary<Call[]> {
  const call = fc.record({
    name: fc.constantFrom(...FOREST_NAMES),
    self: fc.nat(7),
    /** How many of the open calls end before this one begins. */
    ended: fc.constantFrom(0, 0, 0, 1, 1, 2, 5),
  });
  return fc.array(call, { maxLength: 40, size: 'max' }).map((calls) => {
    const forest: Call[] = [];
    const open: Call[][] = [forest];
    for (const { name, self, ended } of calls) {
      open.length = Math.max(1, open.length - ended);
      const children: Call[] = [];
      open.at(-1)!.push({ name, self, children });
      open.push(children);
    }
    return forest;
  });
}

/** fast-check's settings for all random tests: `FC_SEED=…` repeats a run; a failure prints its seed and path. */
export function randomly(numRuns: number): { numRuns: number; seed?: number } {
  const seed = process.env.FC_SEED;
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}
