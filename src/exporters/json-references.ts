// What must fit together in a profile that is written or read: every index points to something, so that no reader of a
// profile needs to ask.
import type { Part, Profile } from '../profile.ts';
import { at, Mismatch } from './shape.ts';

/** Throws {@link Mismatch} unless there is one of that index. */
export function below(id: number, length: number, what: string): void {
  if (id >= length) throw new Mismatch(`the index of one of ${length} ${what}`, String(id));
}

type Small = Pick<Profile, 'processes' | 'sessions' | 'threads' | 'tags'>;

/** Takes the rows in their order and throws {@link Mismatch} at the first that does not fit. */
export class References {
  readonly #small: Small;
  readonly #keys = new Set<string>();
  readonly #pairs: number[] = [];
  readonly #kinds: string[] = [];
  #stackCount = 0;

  constructor(small: Small) {
    this.#small = small;
    const { processes, sessions, threads, tags } = small;
    if (processes.length === 0) throw Object.assign(new Mismatch('a process', 'none'), { path: '.processes' });
    const own = (rows: readonly { readonly id: number }[], name: string) =>
      rows.forEach(({ id }, i) =>
        at(`.${name}[${i}].id`, () => {
          if (id !== i) throw new Mismatch(`its own index ${i}`, String(id));
        }),
      );
    own(threads, 'threads');
    own(tags, 'tags');
    for (const [name, rows] of Object.entries({ sessions, threads })) {
      rows.forEach((row, i) => at(`.${name}[${i}].process`, () => below(row.process, processes.length, 'processes')));
    }
  }

  checkPart({ thread, tag }: Part): void {
    const { processes, threads, tags } = this.#small;
    below(thread, threads.length, 'threads');
    if (thread < -processes.length) throw new Mismatch(`a thread from -${processes.length}`, String(thread));
    below(tag, tags.length, 'tags');
  }

  checkFunction(id: number, key: string, kind: string): void {
    if (id !== this.#kinds.length) throw new Mismatch(`its own index ${this.#kinds.length}`, String(id));
    if (this.#keys.has(key)) throw new Mismatch('each function once', JSON.stringify(key));
    this.#keys.add(key);
    this.#kinds.push(kind);
  }

  checkEdge(caller: number, callee: number): void {
    below(caller, this.#kinds.length, 'functions');
    below(callee, this.#kinds.length, 'functions');
    this.#pairs.push(caller * this.#kinds.length + callee);
  }

  /** A parent comes before its children, so the tree has no circles and one root. */
  checkStack(parent: number, fn: number, i: number): void {
    below(fn, this.#kinds.length, 'functions');
    if (i === 0 ? parent !== -1 : parent < 0 || parent >= i) {
      throw new Mismatch(i === 0 ? '-1, the root' : `a parent from 0 to ${i - 1}`, String(parent));
    }
    if (i === 0 && this.#kinds[fn] !== 'root')
      throw new Mismatch('the root function', `one of kind ${this.#kinds[fn]}`);
    this.#stackCount++;
  }

  checkWhole(): void {
    const pairs = Float64Array.from(this.#pairs).sort(); // a set would take a second for a million
    const twice = pairs.find((pair, i) => pair === pairs[i - 1]);
    if (twice !== undefined) {
      const [caller, callee] = [Math.floor(twice / this.#kinds.length), twice % this.#kinds.length];
      throw Object.assign(new Mismatch('the rows of each edge together', `${caller} → ${callee} apart`), {
        path: '.edges',
      });
    }
    if (this.#stackCount === 0) throw Object.assign(new Mismatch('the root', 'nothing'), { path: '.stacks' });
  }
}
