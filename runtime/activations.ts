// What suspends: activations of async functions, generators and async generators, and modules with a top-level await.
//
//     call                  await           (event loop)           resumed                      settled
//     [root] [main] [f]  →  [root] [main]  →  [root]  →  [root] [f] [what f calls]  →  …  →  [root]
//            ▲                                                 ▲
//            the edge main → f gets the call and all of f's time; f's samples go on below main → f
//
// All that is known of a suspended activation lies in its own object, which only the function's local variable holds.
// It refers to its logical parent (the async activation that called it; when that has finished, its nearest open
// ancestor), and to no promise, generator or closure. So a chain of functions that each start their successor and finish
// retains one of them, not all. Everything here is O(1); see LONGEST_LOOK for the loops over ancestors.
import type { Arena } from './arena.ts';
import { chargeAwaits } from './awaits.ts';
import type { CallTree } from './call-tree.ts';
import {
  ASYNC_GENERATOR,
  ASYNC_MODULE,
  type Activation as ContractActivation,
  GENERATOR,
  NOT_ACTIVATED,
  NOT_ENTERED,
} from './contract.ts';
import {
  AWAITS,
  EDGE,
  FRAME,
  FRAME_UNTIMED,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  REGIME_EXACT,
  SLAB,
  SLAB_AWAITS,
} from './layout.ts';
import { soundTop } from './figures.ts';
import { imul } from './primordials.ts';
import { rowOf } from './table.ts';
import type { Tagging } from './tagging.ts';

/** Ancestors that are asked, at most, whether they are activations of the function that is called. */
const LONGEST_LOOK = 64;

const RUNNING = 0;
const AWAITING = 1;
const PAUSED = 2;

class Activation implements ContractActivation {
  readonly kind: number;
  readonly fn: number;
  readonly edge: number;
  /** Row of awaits. */
  readonly awaits: number;
  /** SLAB.era and FUNCTION.era at the call: once they move on, nothing of this activation counts any more. */
  readonly era: number;
  readonly functionEra: number;
  /** A bit for its function and one for that of each ancestor, by hash. */
  ancestors = 0;
  /** The async activation that called this one; once this one has finished, the nearest ancestor open then. */
  parent: Activation | null = null;
  /** The nearest open ancestor of the same function, and of the same edge. */
  withinFunction: Activation | null = null;
  withinEdge: Activation | null = null;
  flags = FRAME_UNTIMED;
  open = true;
  /** Address of its frame; 0 while it is not on the stack. */
  at: number;
  /** What it is suspended at. */
  waiting = RUNNING;
  /** The async activation below it on the stack. */
  outer: Activation | null = null;
  /** Place in the call tree, known from the first await on. */
  node = 0;
  /** The tag that was in force below its frame. */
  tagBelow = 0;
  /** Whether it was resumed by the event loop. */
  byEventLoop = false;
  /** Whether its consumer is done with it while it is in a `yield*`. */
  isLeft = false;
  /** When it began, if time was charged exactly then. A number of its own would be one more object each time. */
  startedNs: number | null = null;
  /**
   * CPU time of what the event loop resumed, its own and its finished children's: for the parent to take over. While it is on
   * the stack by the event loop, the thread's CPU time when it was resumed is taken off.
   */
  cpuApartNs = 0;

  constructor(kind: number, fn: number, edge: number, awaits: number, era: number, functionEra: number, at: number) {
    this.kind = kind;
    this.fn = fn;
    this.edge = edge;
    this.awaits = awaits;
    this.era = era;
    this.functionEra = functionEra;
    this.at = at;
  }
}

export interface ActivationHooks {
  activate(fn: number, kind: number): ContractActivation | null;
  finish(activation: ContractActivation, outcome?: unknown): void;
  suspend<T>(activation: ContractActivation | null, value: T): T;
  pause<T>(activation: ContractActivation | null, value?: T): T;
  resume<T>(activation: ContractActivation | null, value?: T): T;
}

/** What hooks.ts lends. */
export interface StackWork {
  enter(fn: number): number;
  enterModule(fn: number): number;
  /** Closes all frames above the handle. */
  exit(handle: number): void;
  /** Charges what is due, as every event does first; may bury the stack. Throws only if the program's stack is at its end. */
  catchUp(): void;
  /** Takes the top frame off. */
  pop(sp: number): void;
  /** Puts on a frame without counting a call; its address, or 0 when there is no room. */
  push(fn: number, edge: number, node: number, flags: number): number;
  /** Closes the frame of a module body whose end nobody tells, when the job ends. */
  healAfterJob(): void;
  /** Counts how long an activation took. Never throws. */
  noteDuration(fn: number, wallNs: number): void;
}

export function createActivations(
  arena: Arena,
  slab: number,
  tree: CallTree,
  tagging: Tagging,
  { enter, enterModule, exit, catchUp, pop, push, healAfterJob, noteDuration }: StackWork,
): ActivationHooks {
  const { I, F } = arena;
  const SP = slab + SLAB.sp;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ERA = slab + SLAB.era;
  const SEQUENCE = slab + SLAB.sequence;
  const REGIME = slab + SLAB.regime;
  const TAGGING = slab + SLAB.tagging;
  const TAG_NOW = slab + SLAB.tag;
  const ROOT = I[slab + SLAB.root];
  const AWAITS_TABLE = slab + SLAB_AWAITS;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs;
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const FRAME_WORDS = FRAME.words;

  /** The innermost async activation on the stack; see `innermost()`. */
  let current: Activation | null = null;

  // ── where an activation stands ───────────────────────────────────────────────────────────────────────────────────

  function isAlive(activation: Activation): boolean {
    return activation.era === I[ERA] && activation.functionEra === I[activation.fn + FUNCTION.era];
  }

  /** Forgets activations whose frames were closed by others, because their own end was lost. */
  function innermost(): Activation | null {
    while (current !== null && !(current.at !== 0 && current.at <= I[SP] && I[current.at + 1] === current.edge)) {
      const { outer }: Activation = current;
      current.outer = null;
      current = outer;
    }
    return current;
  }

  /** Looks among the ancestors for activations of the same function, and of the same edge. */
  function findAncestors(activation: Activation, parent: Activation | null): void {
    const bit = 1 << (imul(activation.fn, 0x9e3779b1) >>> 27);
    const above = parent === null ? 0 : parent.ancestors;
    activation.parent = parent;
    activation.ancestors = above | bit;
    if ((above & bit) === 0) return;
    let ancestor = parent;
    for (let i = 0; ancestor !== null && i < LONGEST_LOOK; i++, ancestor = ancestor.parent) {
      if (!ancestor.open || ancestor.fn !== activation.fn) continue;
      activation.withinFunction ??= ancestor;
      if (ancestor.edge === activation.edge) {
        activation.withinEdge = ancestor;
        break;
      }
    }
    setFlags(activation);
  }

  function setFlags(activation: Activation): void {
    activation.flags =
      FRAME_UNTIMED | // a stay on the stack is not all of it
      (activation.withinFunction === null ? 0 : FRAME_WITHIN_FUNCTION) |
      (activation.withinEdge === null ? 0 : FRAME_WITHIN_EDGE);
  }

  function openOnes(activation: Activation): void {
    while (activation.withinFunction !== null && !activation.withinFunction.open) {
      activation.withinFunction = activation.withinFunction.withinFunction;
    }
    while (activation.withinEdge !== null && !activation.withinEdge.open) {
      activation.withinEdge = activation.withinEdge.withinEdge;
    }
  }

  // ── on and off the stack ─────────────────────────────────────────────────────────────────────────────────────────

  /** The row of awaits of an edge; 0 when there is no room. */
  function awaitsOf(edge: number, fn: number): number {
    const last = I[fn + FUNCTION.awaits];
    if (last !== 0 && I[last] === edge) return last;
    const row = rowOf(arena, AWAITS_TABLE, edge, fn);
    I[fn + FUNCTION.awaits] = row;
    return row;
  }

  function begin(kind: number, tagBelow: number): Activation | null {
    const sp = I[SP];
    const fn = I[sp];
    const edge = I[sp + FRAME.edge];
    const awaits = awaitsOf(edge, fn);
    if (awaits === 0) {
      F[(slab >> 1) + SLAB.deepCalls]++;
      return null;
    }
    const activation = new Activation(kind, fn, edge, awaits, I[ERA], I[fn + FUNCTION.era], sp);
    activation.tagBelow = tagBelow;
    I[sp + FRAME.flags] = activation.flags;
    if (I[REGIME] === REGIME_EXACT) activation.startedNs = F[LAST_WALL];
    // A generator was suspended at its start, when it was made; that its body runs now is its first resumption.
    if (kind === GENERATOR || kind === ASYNC_GENERATOR) F[(awaits >> 1) + AWAITS.resumes]++;
    if (kind === GENERATOR) return activation; // runs on its consumer's stack only: no parent, no children
    const parent = innermost();
    findAncestors(activation, parent);
    I[sp + FRAME.flags] = activation.flags;
    if (activation.withinFunction !== null) {
      // `enter` has counted it as recursive already if the ancestor is on the stack, too.
      if (I[fn + FUNCTION.depth] === 1) F[(edge >> 1) + EDGE.recursiveCalls]++;
    }
    activation.outer = parent;
    current = activation;
    return activation;
  }

  /** Takes it off the stack, with all frames above it, whose ends were lost. */
  function leave(activation: Activation, waiting: number): void {
    catchUpSafely();
    const { at } = activation;
    if (at === 0) return;
    activation.at = 0;
    if (current === activation) {
      current = activation.outer;
      activation.outer = null;
    }
    if (!isAlive(activation)) {
      if (at <= I[SP] && I[at] === ROOT) exit(at - FRAME_WORDS); // buried by then
      return;
    }
    if (activation.byEventLoop) activation.cpuApartNs += F[LAST_CPU];
    if (at > I[SP] || I[at + FRAME.edge] !== activation.edge) return; // closed by others
    for (let sp = soundTop(I[SP], STACK, STACK_END); sp > at; sp -= FRAME_WORDS) pop(sp);
    if (waiting === AWAITING && activation.node === 0) activation.node = nodeSafely(at);
    pop(at);
    if (waiting !== RUNNING) beginWaiting(activation, waiting);
    if (I[TAGGING] !== 0) {
      if (I[I[SP]] === ROOT) tagging.end();
      else tagging.replace(activation.tagBelow);
    }
  }

  function beginWaiting(activation: Activation, waiting: number): void {
    if (waiting === AWAITING) countWaiting(activation, 1);
    activation.waiting = waiting;
    I[activation.awaits + AWAITS.suspended]++;
  }

  /** Either not begun, where the program's stack ends, or done: `chargeAwaits` comes first and leaves nothing half done. */
  function countWaiting({ awaits, flags }: Activation, change: 1 | -1): void {
    chargeAwaits(arena, awaits, F[LAST_WALL]);
    const row = awaits >> 1;
    I[SEQUENCE]++;
    F[row + AWAITS.awaiting] += change;
    if ((flags & FRAME_WITHIN_FUNCTION) === 0) F[row + AWAITS.awaitingTotal] += change;
    if ((flags & FRAME_WITHIN_EDGE) === 0) F[row + AWAITS.awaitingEdgeTotal] += change;
    I[SEQUENCE]++;
  }

  /** Puts it on the stack, whatever that is by now. */
  function goOn(activation: Activation): void {
    catchUpSafely();
    if (!activation.open || !isAlive(activation)) return;
    endWaiting(activation);
    if (activation.withinFunction !== null) {
      openOnes(activation);
      setFlags(activation);
    }
    const atRoot = I[I[SP]] === ROOT;
    const top = push(activation.fn, activation.edge, atRoot ? activation.node : 0, activation.flags);
    if (top === 0) return;
    activation.at = top;
    activation.byEventLoop = atRoot;
    if (atRoot) activation.cpuApartNs -= F[LAST_CPU];
    if (activation.kind !== GENERATOR) {
      activation.outer = innermost();
      current = activation;
    }
    if (I[TAGGING] !== 0) activation.tagBelow = tagging.replace(I[activation.fn + FUNCTION.tag], atRoot || undefined);
    if (activation.kind === ASYNC_MODULE && atRoot) healAfterJob();
  }

  function endWaiting(activation: Activation): void {
    if (activation.waiting === RUNNING) return;
    if (activation.waiting === AWAITING) countWaiting(activation, -1);
    activation.waiting = RUNNING;
    I[activation.awaits + AWAITS.suspended]--;
    F[(activation.awaits >> 1) + AWAITS.resumes]++;
  }

  /** Where the program's stack is at its end, the time is charged at the next event. */
  function catchUpSafely(): void {
    try {
      catchUp();
    } catch {
      // as said
    }
  }

  function nodeSafely(at: number): number {
    try {
      return tree.nodeAt(at);
    } catch {
      return 0;
    }
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Hands the CPU time that no ancestor's frame saw to the nearest ancestor that is open. */
  function settle(activation: Activation): void {
    const { cpuApartNs } = activation;
    let { parent } = activation;
    for (let i = 0; parent !== null && !parent.open && i < LONGEST_LOOK; i++) parent = parent.parent;
    if (parent !== null && !parent.open) parent = null;
    activation.open = false;
    activation.parent = parent;
    openOnes(activation);
    if (parent === null || cpuApartNs === 0 || !isAlive(parent) || !isAlive(activation)) return;
    parent.cpuApartNs += cpuApartNs;
    if ((parent.flags & FRAME_WITHIN_FUNCTION) === 0) F[(parent.fn >> 1) + FUNCTION.totalCpuNs] += cpuApartNs;
    if ((parent.flags & FRAME_WITHIN_EDGE) === 0) F[(parent.edge >> 1) + EDGE.totalCpuNs] += cpuApartNs;
  }

  /** From begin to end, where both were timed exactly. */
  function noteWhole(activation: Activation): void {
    const { fn, startedNs, open } = activation;
    if (!open || I[REGIME] !== REGIME_EXACT || startedNs === null || !isAlive(activation)) return;
    const wallNs = F[LAST_WALL] - startedNs;
    if (wallNs > F[(fn >> 1) + FUNCTION.maxTotalNs]) F[(fn >> 1) + FUNCTION.maxTotalNs] = wallNs;
    noteDuration(fn, wallNs);
  }

  /**
   * A generator may have been left at a `yield` for good, by its consumer: that is no error. An async generator tells only
   * of what was thrown, see transform/endings.ts.
   */
  function countError(activation: Activation): void {
    const { kind, isLeft, waiting } = activation;
    if (kind !== ASYNC_GENERATOR && (isLeft || waiting === PAUSED)) return;
    catchUpSafely();
    if (isAlive(activation)) F[(activation.fn >> 1) + FUNCTION.errors]++;
  }

  // ── what instrumented code calls. None of it throws, whatever it is given ────────────────────────────────────────────

  return {
    activate(fn, kind) {
      const tagBelow = I[TAG_NOW];
      const handle = kind === ASYNC_MODULE ? enterModule(fn) : enter(fn);
      if (handle === NOT_ENTERED) return NOT_ACTIVATED;
      let activation: Activation | null = null;
      try {
        activation = begin(kind, tagBelow);
      } catch {
        // the program's stack is at its end
      }
      if (activation === null) exit(handle);
      return activation;
    },
    finish(activation, outcome) {
      if (!(activation instanceof Activation)) return;
      if (outcome === I) countError(activation);
      if (activation.at === 0) goOn(activation);
      if (activation.at !== 0) leave(activation, RUNNING);
      noteWhole(activation);
      settle(activation);
    },
    suspend(activation, value) {
      if (activation instanceof Activation && activation.at !== 0) leave(activation, AWAITING);
      return value;
    },
    pause(activation, value) {
      if (activation instanceof Activation && activation.at !== 0) leave(activation, PAUSED);
      return value as never;
    },
    resume(activation, value) {
      if (activation instanceof Activation && activation.at === 0) goOn(activation);
      return value as never;
    },
  };
}
