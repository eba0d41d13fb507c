// Random programs of synchronous functions, async functions and generators, suspended and resumed in random order, with
// starts, stops, clears and readings in between: the figures must be those of a naive reference, in every precision.
import { expect } from 'chai';
import fc from 'fast-check';
import { ASYNC_FUNCTION, ASYNC_GENERATOR, type Activation, GENERATOR } from '../../../runtime/contract.ts';
import { SLAB } from '../../../runtime/layout.ts';
import type { EdgeStats, FunctionStats, Profile } from '../../../src/profile.ts';
import { AsyncReference, type AsyncTable, type ReferenceActivation } from '../../support/async-reference.ts';
import { randomly } from '../../support/call-forest.ts';
import { CPU_NS, DrivenRuntime, type DrivenThread, PRECISIONS, WALL_NS } from '../../support/driven-runtime.ts';

const SYNC = ['a', 'b'] as const;
const ASYNC = ['x', 'y', 'z'] as const;
const GENERATORS = ['g', 'h'] as const;
const ASYNC_GENERATORS = ['p', 's'] as const;

/** One activation of the program, as the runtime and as the reference know it; `null` where it was entered while stopped. */
interface Running {
  readonly kind: number;
  readonly own: Activation | null;
  readonly reference: ReferenceActivation | null;
}

type Entry = { readonly handle: number; readonly known: boolean } | Running;

type Op =
  | { do: 'pass'; wall: number; cpu: number }
  | { do: 'call'; name: string; kind: number }
  | { do: 'leave'; how: 'suspend' | 'pause' | 'finish' }
  | { do: 'resume'; which: number; finish: boolean }
  | { do: 'start' | 'stop' | 'clear' | 'read' };

const SYNCHRONOUS = -1;

const call = (names: readonly string[], kind: number) =>
  fc.record({ do: fc.constant('call' as const), name: fc.constantFrom(...names), kind: fc.constant(kind) });

const EVENTS: readonly fc.WeightedArbitrary<Op>[] = [
  { weight: 8, arbitrary: fc.record({ do: fc.constant('pass' as const), wall: fc.nat(9), cpu: fc.nat(3) }) },
  { weight: 3, arbitrary: call(SYNC, SYNCHRONOUS) },
  { weight: 6, arbitrary: call(ASYNC, ASYNC_FUNCTION) },
  { weight: 2, arbitrary: call(GENERATORS, GENERATOR) },
  { weight: 2, arbitrary: call(ASYNC_GENERATORS, ASYNC_GENERATOR) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      how: fc.constantFrom('suspend' as const, 'suspend' as const, 'pause' as const, 'finish' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('resume' as const),
      which: fc.nat(20),
      finish: fc.constantFrom(true, false, false),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'read' as const }) },
];
const CONTROL = fc.constantFrom({ do: 'start' as const }, { do: 'stop' as const }, { do: 'clear' as const });

/** Half of the programs run undisturbed, so that long stories come to their end. */
const programs: fc.Arbitrary<Op[]> = fc.oneof(
  fc.array(fc.oneof(...EVENTS), { maxLength: 160, size: 'max' }),
  fc.array(fc.oneof(...EVENTS, { weight: 2, arbitrary: CONTROL }), { maxLength: 120, size: 'max' }),
);

function tableOf({ functions, edges }: Profile, withLongest: boolean): AsyncTable {
  const table: AsyncTable = {};
  const figures = (row: FunctionStats | EdgeStats) => ({
    calls: row.calls,
    primitiveCalls: row.primitiveCalls,
    selfWallNs: row.selfWallNs,
    selfCpuNs: row.selfCpuNs!,
    totalWallNs: row.totalWallNs,
    totalCpuNs: row.totalCpuNs!,
    resumes: row.resumes,
    awaitNs: row.awaitNs,
  });
  for (const fn of functions) {
    if (fn.kind === 'root' || fn.calls + fn.open === 0) continue;
    table[fn.name] = { ...figures(fn), open: fn.open, longestBlockNs: withLongest ? fn.longestBlockNs : 0 };
  }
  for (const edge of edges) table[`${functions[edge.caller].name}→${functions[edge.callee].name}`] = figures(edge);
  return table;
}

/** The program that the ops describe, run by both. */
class Program {
  readonly driven: DrivenRuntime;
  readonly main: DrivenThread;
  readonly reference = new AsyncReference();
  readonly #stack: Entry[] = [];
  readonly #suspended: Running[] = [];

  constructor(precision: (typeof PRECISIONS)[number]) {
    this.driven = new DrivenRuntime({ precision });
    this.main = this.driven.main;
  }

  get #running(): boolean {
    return this.reference.running;
  }

  #event(): void {
    this.driven.beforeEvent(this.main.runtime);
  }

  do(op: Op): void {
    const { driven, reference } = this;
    switch (op.do) {
      case 'pass':
        // No CPU time without wall time: between two readings of the CPU clock the wall stands in.
        driven.pass(op.wall, op.wall === 0 ? 0 : op.cpu * CPU_NS);
        return reference.pass(op.wall * WALL_NS, op.wall === 0 ? 0 : op.cpu * CPU_NS);
      case 'call':
        return this.#call(op.name, op.kind);
      case 'leave':
        return this.#leave(op.how);
      case 'resume':
        return this.#resume(op.which, op.finish);
      case 'start':
        if (driven.start()) this.#newEra(() => reference.start());
        return;
      case 'stop':
        if (driven.stop()) this.#newEra(() => reference.stop());
        return;
      case 'clear':
        driven.clear();
        return this.#newEra(() => reference.clear());
      case 'read':
        return this.compare();
    }
  }

  #call(name: string, kind: number): void {
    const { runtime } = this.main;
    this.#event();
    const running = runtime.state[0] !== 0;
    expect(running).to.equal(this.#running);
    if (kind === SYNCHRONOUS) {
      const handle = running ? runtime.enter(this.main.site(name)) : 0;
      if (running) this.reference.enter(name);
      this.#stack.push({ handle, known: running });
    } else {
      const own = running ? runtime.activate(this.main.site(name), kind) : null;
      const reference = running ? this.reference.activate(name, kind) : null;
      this.#stack.push({ kind, own, reference });
    }
    this.#era.set(this.#stack.at(-1)!, this.#eras);
  }

  /** Frames of before a start, stop or clear are not the reference's any more. */
  readonly #era = new Map<Entry, number>();
  #eras = 0;
  #newEra(change: () => void): void {
    change();
    this.#eras++;
  }

  #leave(how: 'suspend' | 'pause' | 'finish'): void {
    const { runtime } = this.main;
    const top = this.#stack.at(-1);
    if (top === undefined) return;
    if ('handle' in top) {
      this.#stack.pop();
      this.#event();
      if (top.handle !== 0) runtime.exit(top.handle);
      if (top.known && this.#era.get(top) === this.#eras) this.reference.exit();
      return;
    }
    const possible = how === 'finish' || (how === 'suspend' ? top.kind !== GENERATOR : top.kind !== ASYNC_FUNCTION);
    if (!possible) return;
    this.#stack.pop();
    this.#event();
    if (how === 'finish') {
      if (top.own !== null) runtime.finish(top.own);
      if (top.reference !== null) this.reference.finish(top.reference);
      return;
    }
    runtime[how](top.own, null);
    if (top.reference !== null) this.reference.suspend(top.reference, how === 'suspend' ? 'await' : 'yield');
    this.#suspended.push(top);
    this.#awaits.set(top, how === 'suspend');
  }

  readonly #awaits = new Map<Running, boolean>();

  #resume(which: number, finish: boolean): void {
    const { runtime } = this.main;
    // What awaits is resumed by the event loop, when nothing runs; generators by whoever asks them for more.
    const candidates = this.#suspended.filter((each) => this.#stack.length === 0 || !this.#awaits.get(each));
    if (candidates.length === 0) return;
    const chosen = candidates[which % candidates.length];
    this.#suspended.splice(this.#suspended.indexOf(chosen), 1);
    this.#event();
    if (finish) {
      if (chosen.own !== null) runtime.finish(chosen.own);
      if (chosen.reference !== null) this.reference.finish(chosen.reference);
      return;
    }
    runtime.resume(chosen.own);
    if (chosen.reference !== null) this.reference.resume(chosen.reference);
    this.#stack.push(chosen);
  }

  compare(): void {
    const exact = this.driven.precision === 'exact';
    const own = tableOf(this.driven.snapshot(), exact);
    const expected = this.reference.table();
    expect(Object.keys(own).sort()).to.deep.equal(Object.keys(expected).sort());
    for (const [key, row] of Object.entries(expected)) {
      for (const [column, value] of Object.entries(row) as [string, number][]) {
        if (column === 'longestBlockNs' && !exact) continue;
        const got = (own[key] as unknown as Record<string, number>)[column];
        expect(got, `${key} ${column}`).to.be.closeTo(value, 1e-3);
      }
    }
  }

  end(): void {
    while (this.#stack.length > 0) this.#leave('finish');
    this.compare();
    const { arena, slab } = this.main.runtime;
    expect(arena.I[slab + SLAB.sp], 'the stack is empty').to.equal(arena.I[slab + SLAB.stack]);
  }
}

for (const precision of PRECISIONS) {
  describe(`activations, ${precision}`, () => {
    it('have the figures of a naive reference, whatever the order of events', function () {
      this.timeout(60_000);
      const property = fc.property(programs, (ops) => {
        const program = new Program(precision);
        program.do({ do: 'start' });
        for (const each of ops) {
          program.do(each);
        }
        program.end();
      });
      fc.assert(property, randomly(700));
    });
  });
}
