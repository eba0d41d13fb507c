// A naive profiler to compare the real one with: it keeps every call as an object and adds up at the end, by the closed
// form of what the figures mean. Slow and obvious on purpose; it shares no code with runtime/.
import type { Call } from './call-forest.ts';

/** Figures of a function (with `open`) or of a caller → callee pair (without). */
export interface Row {
  calls: number;
  primitiveCalls: number;
  open?: number;
  selfWallNs: number;
  selfCpuNs: number;
  totalWallNs: number;
  totalCpuNs: number;
}

/** Rows by `name` and by `caller→callee`; calls from the event loop have the caller `(event loop)`. */
export type Table = Record<string, Row>;

export interface Span {
  readonly name: string;
  /** The call it was made from; `null` for calls from the event loop, or from a call that is not being recorded. */
  readonly parent: Span | null;
  wallNs: number;
  cpuNs: number;
  open: boolean;
  /** Open when its session ended or the figures were cleared: from then on it is not being recorded. */
  buried: boolean;
}

export class ReferenceProfiler {
  #running = false;
  #spans: Span[] = [];
  #stack: Span[] = [];

  start(): void {
    this.#running = true;
  }

  stop(): void {
    this.#running = false;
    for (const span of this.#stack) span.buried = true;
  }

  clear(): void {
    this.#spans = [];
    for (const span of this.#stack) span.buried = true;
  }

  #top(): Span | null {
    const top = this.#stack.at(-1);
    return top === undefined || top.buried ? null : top;
  }

  pass(wallNs: number, cpuNs: number): void {
    const top = this.#top();
    if (!this.#running || top === null) return;
    top.wallNs += wallNs;
    top.cpuNs += cpuNs;
  }

  enter(name: string): Span | null {
    if (!this.#running) return null;
    const span = { name, parent: this.#top(), wallNs: 0, cpuNs: 0, open: true, buried: false };
    this.#spans.push(span);
    this.#stack.push(span);
    return span;
  }

  /** Ends the span and every deeper one. */
  exit(span: Span | null): void {
    const depth = span === null ? -1 : this.#stack.indexOf(span);
    if (depth < 0) return;
    for (const ended of this.#stack.splice(depth)) if (!ended.buried) ended.open = false;
  }

  /** Runs the calls as they stand there; each unit of their own time takes so long. */
  run(calls: readonly Call[], wallNs: number, cpuNs: number): void {
    for (const { name, self, children } of calls) {
      const span = this.enter(name);
      this.pass(self * wallNs, self * cpuNs);
      this.run(children, wallNs, cpuNs);
      this.exit(span);
    }
  }

  table(): Table {
    const table: Table = {};
    const within = (span: Span, matches: (ancestor: Span) => boolean): boolean => {
      for (let at = span.parent; at !== null; at = at.parent) if (matches(at)) return true;
      return false;
    };
    const total = (span: Span, column: 'wallNs' | 'cpuNs'): number => {
      const children = this.#spans.filter((child) => child.parent === span);
      return children.reduce((sum, child) => sum + total(child, column), span[column]);
    };
    const add = (key: string, span: Span, primitive: boolean, outermost: boolean, open: number | undefined) => {
      const zero = { calls: 0, primitiveCalls: 0, selfWallNs: 0, selfCpuNs: 0, totalWallNs: 0, totalCpuNs: 0 };
      const row = (table[key] ??= open === undefined ? zero : { ...zero, open: 0 });
      row.calls++;
      if (primitive) row.primitiveCalls++;
      if (open !== undefined) row.open! += open;
      row.selfWallNs += span.wallNs;
      row.selfCpuNs += span.cpuNs;
      if (!outermost) return;
      row.totalWallNs += total(span, 'wallNs');
      row.totalCpuNs += total(span, 'cpuNs');
    };
    for (const span of this.#spans) {
      const primitive = !within(span, (ancestor) => ancestor.name === span.name);
      const caller = span.parent?.name;
      const samePair = (ancestor: Span) => ancestor.name === span.name && ancestor.parent?.name === caller;
      add(span.name, span, primitive, primitive, Number(span.open));
      add(`${caller ?? '(event loop)'}→${span.name}`, span, primitive, !within(span, samePair), undefined);
    }
    return table;
  }
}

/** The sum of tables of several threads. */
export function addTables(tables: readonly Table[]): Table {
  const sum: Table = {};
  for (const table of tables) {
    for (const [key, row] of Object.entries(table)) {
      const into = sum[key];
      if (into === undefined) sum[key] = { ...row };
      else for (const column of Object.keys(row) as (keyof Row)[]) into[column]! += row[column]!;
    }
  }
  return sum;
}
