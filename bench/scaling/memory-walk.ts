// What the machine takes for the memory alone: the same tape, but each event only adds to the rows that the hooks would
// touch, on a copy of the arena. Beside the hooks' figures it tells which part of a growth is cache and which is ours.
import type { Arena } from '../../runtime/arena.ts';
import { DURATION_LINES, DURATIONS, EDGE, FRAME, FUNCTION, SLAB } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Regime } from './regimes.ts';
import type { Tape } from './tape.ts';

/** Which rows the events of a tape touch; 0 where none. */
export interface Touched {
  /** For a call, the edge. For a return in the exact regime, the histogram, and one of its lines. */
  readonly edges: Int32Array;
  readonly histograms: Int32Array;
  readonly lines: Int32Array;
}

/** Plays the tape once and looks at which rows it comes by. */
export function touchedBy({ arena: { I }, slab, enter, exit }: Runtime, tape: Tape): Touched {
  const edges = new Int32Array(tape.length);
  const histograms = new Int32Array(tape.length);
  const lines = new Int32Array(tape.length);
  const open: { handle: number; fn: number }[] = [];
  tape.forEach((fn, i) => {
    if (fn !== 0) {
      open.push({ handle: enter(fn), fn });
      edges[i] = I[I[slab + SLAB.sp] + FRAME.edge];
      return;
    }
    const last = open.pop()!;
    exit(last.handle);
    histograms[i] = I[last.fn + FUNCTION.durations];
    for (let line = 0; histograms[i] !== 0 && line < DURATION_LINES && lines[i] === 0; line++) {
      lines[i] = I[histograms[i] + DURATIONS.lines + line];
    }
  });
  return { edges, histograms, lines };
}

/** The first words of an arena, which must be an even number. */
export function copyOf({ F }: Arena, words: number): Arena {
  const buffer = new SharedArrayBuffer(words * 4);
  const copy = { I: new Int32Array(buffer), F: new Float64Array(buffer) };
  copy.F.set(F.subarray(0, words >> 1));
  return copy;
}

/** Walks over the rows. Each address is made to hang on the load before it, as it does in the hooks. */
export function walker({ I, F }: Arena, stack: number, regime: Regime) {
  const { depth, spare, maxTotalNs } = FUNCTION;
  const { calls, selfWallNs } = EDGE;
  const frameWords = FRAME.words;
  const exact = regime === 'exact';
  return function walk(tape: Tape, { edges, histograms, lines }: Touched): void {
    let top = stack;
    for (let i = 0; i < tape.length; i++) {
      const fn = tape[i];
      if (fn !== 0) {
        const edge = edges[i] + I[fn + spare];
        F[(edge >> 1) + calls]++;
        I[fn + depth]++;
        top += frameWords;
        I[top] = fn;
        I[top + 1] = edge;
        continue;
      }
      const row = I[top];
      I[row + depth]--;
      if (exact) {
        F[(I[top + 1] >> 1) + selfWallNs]++;
        F[(row >> 1) + maxTotalNs]++;
        const line = lines[i] + I[histograms[i]];
        F[line >> 1]++;
      }
      top -= frameWords;
    }
  };
}
