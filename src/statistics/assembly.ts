// Puts profiles together: rows are given part by part, in any order and any number of times, and come out as functions,
// edges and stacks that are the sums of their parts. Whatever makes a profile (the reader of the arena, a saved file, a
// merge, a selection, a difference) makes it here.
import type {
  EdgeFigures,
  EdgePart,
  EdgeStats,
  FunctionFigures,
  FunctionIdentity,
  FunctionPart,
  FunctionStats,
  Part,
  StackNode,
  StackPart,
} from '../profile.ts';
import type { Addition } from './figures.ts';
import { EDGE_ADDITION, FUNCTION_ADDITION, STACK_ADDITION, sumParts } from './figures.ts';
import { PairIndex } from './pair-index.ts';

/** The identity by which functions are merged and compared. */
export function keyOf({ kind, name, file, line, column }: FunctionIdentity): string {
  return kind === 'root' || kind === 'overflow' || kind === 'gc' ? name : `${file}:${line}:${column}:${name}`;
}

export function functionOf(
  id: number,
  key: string,
  { name, file, line, column, kind }: FunctionIdentity,
  parts: readonly FunctionPart[],
): FunctionStats {
  // Almost all functions have one part. Properties by name: V8 copies what is spread by way of a slow path.
  const sum: FunctionFigures = parts.length === 1 ? parts[0] : sumParts(parts, FUNCTION_ADDITION);
  return {
    id,
    key,
    name,
    file,
    line,
    column,
    kind,
    calls: sum.calls,
    primitiveCalls: sum.primitiveCalls,
    resumes: sum.resumes,
    awaitNs: sum.awaitNs,
    selfWallNs: sum.selfWallNs,
    selfCpuNs: sum.selfCpuNs,
    totalWallNs: sum.totalWallNs,
    totalCpuNs: sum.totalCpuNs,
    open: sum.open,
    errors: sum.errors,
    selfErrorNs: sum.selfErrorNs,
    totalErrorNs: sum.totalErrorNs,
    maxTotalNs: sum.maxTotalNs,
    longestBlockNs: sum.longestBlockNs,
    durations: sum.durations,
    parts,
  };
}

export function edgeOf(caller: number, callee: number, line: number, parts: readonly EdgePart[]): EdgeStats {
  // Almost all edges have one part, and there may be a million of them.
  const sum: EdgeFigures = parts.length === 1 ? parts[0] : sumParts(parts, EDGE_ADDITION);
  return {
    caller,
    callee,
    line,
    calls: sum.calls,
    primitiveCalls: sum.primitiveCalls,
    resumes: sum.resumes,
    awaitNs: sum.awaitNs,
    selfWallNs: sum.selfWallNs,
    selfCpuNs: sum.selfCpuNs,
    totalWallNs: sum.totalWallNs,
    totalCpuNs: sum.totalCpuNs,
    parts,
  };
}

/** Rows of their own, for V8 forgets what it knows of a shape when nothing has it any more. */
export const ROW_SHAPES: readonly unknown[] = keepNumbersAsTheyAre(null as unknown as number);

/**
 * V8 gives each number of a field an object of its own, once the field has held one above 2^31 (2 s in ns) and nothing but
 * numbers: 190 bytes an edge, and a third of the time its row takes. Fields that have held something else keep small
 * numbers as they are, and rows share the others with their parts.
 */
function keepNumbersAsTheyAre(none: number): unknown[] {
  const edge: EdgePart = {
    thread: none,
    tag: none,
    calls: none,
    primitiveCalls: none,
    resumes: none,
    awaitNs: none,
    selfWallNs: none,
    selfCpuNs: none,
    totalWallNs: none,
    totalCpuNs: none,
  };
  const identity: FunctionIdentity = { name: '', file: '', line: none, column: none, kind: 'function' };
  // Nothing is spread: that would be another shape.
  const fn: FunctionPart = {
    thread: none,
    tag: none,
    calls: none,
    primitiveCalls: none,
    resumes: none,
    awaitNs: none,
    selfWallNs: none,
    selfCpuNs: none,
    totalWallNs: none,
    totalCpuNs: none,
    open: none,
    errors: none,
    selfErrorNs: none,
    totalErrorNs: none,
    maxTotalNs: none,
    longestBlockNs: none,
    durations: [],
  };
  return [edgeOf(none, none, none, [edge]), functionOf(none, '', identity, [fn])];
}

export function stackOf(parent: number, fn: number, parts: readonly StackPart[]): StackNode {
  return { parent, fn, ...sumParts(parts, STACK_ADDITION), parts };
}

/** Adds a part to those of its row: to the one of the same thread and tag if there is one. */
export function addPart<Figures, P extends Part & Figures>(parts: P[], part: P, { add }: Addition<Figures>): void {
  const known = parts.findIndex(({ thread, tag }) => thread === part.thread && tag === part.tag);
  if (known < 0) parts.push(part);
  else parts[known] = { thread: part.thread, tag: part.tag, ...add(parts[known], part) } as unknown as P;
}

/** The rows of one profile while it is being put together. Ids are given in the order in which rows are first named. */
export class Assembly {
  readonly #functions: { readonly key: string; readonly identity: FunctionIdentity; parts: FunctionPart[] }[] = [];
  readonly #functionByKey = new Map<string, number>();
  readonly #edges: { readonly caller: number; readonly callee: number; line: number; readonly parts: EdgePart[] }[] =
    [];
  readonly #edgeByPair = new PairIndex();
  readonly #stacks: { readonly parent: number; readonly fn: number; readonly parts: StackPart[] }[] = [];
  readonly #stackByPlace = new PairIndex();

  /** The id of the function, which is made if need be. */
  function(identity: FunctionIdentity, key = keyOf(identity)): number {
    let id = this.#functionByKey.get(key);
    if (id === undefined) {
      id = this.addFunction(identity, key);
      this.#functionByKey.set(key, id);
    }
    return id;
  }

  /** The id of a function that is made now, for who knows which ones there are: it is not found by its key. */
  addFunction(identity: FunctionIdentity, key: string): number {
    return this.#functions.push({ key, identity, parts: [] }) - 1;
  }

  addToFunction(id: number, part: FunctionPart): void {
    const fn = this.#functions[id];
    if (fn.parts.length === 0)
      fn.parts = [part]; // with room for one: V8 makes room for 17 at a push
    else addPart(fn.parts, part, FUNCTION_ADDITION);
  }

  /** Of several lines the first in the source stays. */
  addToEdge(caller: number, callee: number, line: number, part: EdgePart): void {
    const known = this.#edgeByPair.get(caller, callee);
    if (known < 0) {
      this.#edgeByPair.add(caller, callee, this.#edges.length);
      this.#edges.push({ caller, callee, line, parts: [part] });
      return;
    }
    const edge = this.#edges[known];
    if (line !== 0 && (edge.line === 0 || line < edge.line)) edge.line = line;
    addPart(edge.parts, part, EDGE_ADDITION);
  }

  /** The node of `fn` under `parent`, which is made if need be. The first is the root, with the parent -1. */
  stack(parent: number, fn: number): number {
    let node = this.#stackByPlace.get(parent, fn);
    if (node < 0) {
      node = this.#stacks.length;
      this.#stackByPlace.add(parent, fn, node);
      this.#stacks.push({ parent, fn, parts: [] });
    }
    return node;
  }

  addToStack(node: number, part: StackPart): void {
    addPart(this.#stacks[node].parts, part, STACK_ADDITION);
  }

  finish(): { functions: FunctionStats[]; edges: EdgeStats[]; stacks: StackNode[] } {
    return {
      functions: this.#functions.map(({ key, identity, parts }, id) => functionOf(id, key, identity, parts)),
      edges: this.#edges.map(({ caller, callee, line, parts }) => edgeOf(caller, callee, line, parts)),
      stacks: this.#stacks.map(({ parent, fn, parts }) => stackOf(parent, fn, parts)),
    };
  }
}
