// The program's stack ends inside a hook. Recursion runs into the limit at every offset of the stack, so that each call that
// the hooks make fails once: the program sees its RangeError and nothing else, and the figures stay whole.
import { expect } from 'chai';
import { CONTROL, EDGE, FUNCTION, SESSION, SESSIONS, SESSION_RING, SLAB, SLAB_EDGES } from '../../runtime/layout.ts';
import { functionRows } from '../../runtime/figures.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { expectInvariants } from '../support/invariants.ts';
import { parseForest } from '../support/call-forest.ts';
import { ALPHABET, DrivenRuntime, PRECISIONS, cellsOf, parseCells } from '../support/driven-runtime.ts';

/** Tries, each one word further on: more than a frame of the recursion has, so all places of the stack have their turn. */
const OFFSETS = 28;
const { apply } = Reflect;

/** Words of stack that are left to a recursion: some hundred frames, and more than V8 needs to compile a function. */
const LEFT_WORDS = 8000;

/** So many arguments leave LEFT_WORDS of the stack, here and now. */
function fillerWords(): number {
  const none = () => {};
  let [fits, fails] = [0, 1 << 22];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    try {
      apply(none, undefined, new Array<number>(middle).fill(0));
      fits = middle;
    } catch {
      fails = middle;
    }
  }
  return Math.max(0, fits - LEFT_WORDS);
}

/** What another thread may do while this one is deep in its recursion: done in place, as a call would need stack. */
const INCIDENTS = ['nothing', 'tick', 'restart', 'clear', 'many edges'] as const;

function expectWhole(driven: DrivenRuntime): void {
  const { arena, slab } = driven.main.runtime;
  const { I } = arena;
  expect(I[slab + SLAB.sp], 'stack').to.equal(I[slab + SLAB.stack]);
  expect(I[slab + SLAB.sequence] & 1, 'sequence').to.equal(0);
  for (const fn of functionRows(arena, slab)) {
    if (fn !== I[slab + SLAB.root]) expect(I[fn + FUNCTION.depth], `depth of ${fn}`).to.equal(0);
  }
  const pairs = new Set<string>();
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) {
    expect(I[edge + EDGE.depth], 'depth of an edge').to.equal(0);
    const pair = `${I[edge + EDGE.caller]} ${I[edge + EDGE.callee]}`;
    expect(pairs.has(pair), 'two rows for one edge').to.be.false;
    pairs.add(pair);
  }
}

for (const precision of PRECISIONS) {
  describe(`the program's stack ends in a hook, ${precision}`, () => {
    for (const incident of INCIDENTS) {
      it(`${incident}: the figures stay whole and no call is lost`, () => {
        const driven = new DrivenRuntime({ precision, maxFrames: 1 << 15, arenaBytes: 64 << 20, tickEachEvent: false });
        const { runtime } = driven.main;
        const { state, enter, exit, arena } = runtime;
        const { I, F } = arena;
        const sites = ALPHABET.map((name) => driven.main.site(name));
        const calls = new Float64Array(1);
        /** At the end of the recursion: what shall happen there. */
        let levels = 0;
        function recurse(depth: number): number {
          driven.wallNs += 100_000;
          if (incident === 'tick' && state[0] !== 0) state[0] = (state[0] & 0xffff) + 1;
          const site =
            incident === 'many edges' ? sites[(depth * depth * 7 + levels) % sites.length] : sites[depth & 1];
          const handle = state[0] === 0 ? 0 : enter(site);
          try {
            calls[0]++;
            return recurse(depth + 1) + 1;
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            if (levels < 0) return 0;
            if (levels-- === 0) {
              if (incident === 'restart') {
                // stop and start of another thread
                const session = I[CONTROL.session];
                F[((SESSIONS + (session % SESSION_RING) * SESSION.words) >> 1) + SESSION.stopWallNs] = driven.wallNs;
                F[((SESSIONS + ((session + 1) % SESSION_RING) * SESSION.words) >> 1) + SESSION.startWallNs] =
                  driven.wallNs;
                F[((SESSIONS + ((session + 1) % SESSION_RING) * SESSION.words) >> 1) + SESSION.stopWallNs] = Infinity;
                I[CONTROL.session] = session + 1;
                I[0] = (I[0] & 0xffff) + 1;
                I[CONTROL.epoch]++;
              } else if (incident === 'clear') {
                I[CONTROL.clearEpoch]++;
                I[CONTROL.epoch]++;
                I[0] = (I[0] & 0xffff) + 1;
              }
            }
            throw error;
          } finally {
            if (handle !== 0) exit(handle);
          }
        }
        runtime.start({ precision, overhead: 1, tickMs: 1, onlyThread: 99 });
        enter(sites[0]); // a path that is else first taken, and compiled, where the stack ends
        runtime.stop();
        driven.start();
        const words = fillerWords();
        for (let offset = -1; offset < OFFSETS; offset++) {
          if (offset === 0) {
            // V8 compiles a function when it is first called, which needs more stack than there is: only now all are.
            driven.clear();
            calls[0] = 0;
          }
          const filler = new Array<number>(words + offset).fill(0);
          for (const after of [0, 5]) {
            levels = after;
            filler[0] = 0;
            expect(apply(recurse, undefined, filler)).to.be.above(0);
            expectWhole(driven);
          }
        }
        runtime.settle();
        expectWhole(driven);
        const snapshot = driven.snapshot();
        expectInvariants(snapshot, 1e3);
        const recorded = snapshot.functions.reduce((sum, fn) => sum + fn.calls, 0);
        if (incident !== 'clear') expect(recorded, 'calls').to.equal(calls[0]);
        expect(snapshot.threads[0].wallNs).to.be.at.most(driven.wallNs);
        driven.clear();
        driven.main.run(parseForest('a[1](b[2] b[1](a[3]))'));
        if (precision === 'exact')
          expect(cellsOf(driven.snapshot())).to.deep.equal(
            parseCells('a 2/1 7 4\n b 2/2 6 3\n a→b 2/2 6 3\n b→a 1/0 3 3'),
          );
      }).timeout(300_000);
    }
  });
}
