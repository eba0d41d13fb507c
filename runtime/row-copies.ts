// Private copies of rows of an arena, taken in runs: a reader keeps what it reads apart from the thread that goes on, in
// the least time and touching each line of memory once. V8 copies shared memory word by word, so no figure is torn.
import { AddressIndex } from './address-index.ts';
import type { Arena } from './arena.ts';
import { chunksOfTable } from './table.ts';

/** Rows of one length. The words of row `i` begin at `i * words` of `I`, which lies over the same memory as `F`. */
export class RowCopies {
  /** Words of a row. Even. */
  readonly words: number;
  I = new Int32Array(0);
  F = new Float64Array(0);
  /** Rows that are in use. */
  count = 0;
  /** Addresses of the runs in the arena and the row that each begins with. */
  readonly #addresses: number[] = [];
  readonly #firstRows: number[] = [];

  constructor(words: number) {
    this.words = words;
  }

  /** Forgets all rows, and has room for so many. */
  reset(rows: number): void {
    this.count = 0;
    this.#addresses.length = this.#firstRows.length = 0;
    this.#makeRoom(rows);
  }

  /** Copies rows that lie one behind the other, as far as the arena reaches. */
  copy({ F }: Arena, address: number, rows: number): void {
    if (!(rows > 0)) return; // NaN where the address was overwritten
    this.#makeRoom(this.count + rows);
    this.#addresses.push(address);
    this.#firstRows.push(this.count);
    this.F.set(F.subarray(address >> 1, (address + rows * this.words) >> 1), (this.count * this.words) >> 1);
    this.count += rows;
  }

  /** Copies a table, of which later chunks lie behind earlier ones, and leaves room for some rows more. */
  copyTable(arena: Arena, table: number, spare = 0): void {
    const chunks = [...chunksOfTable(arena, table, this.words)];
    this.reset(chunks.reduce((rows, { used }) => rows + used, spare));
    for (const { first, used } of chunks) this.copy(arena, first, used);
  }

  /** Adds a row that is no copy; its words are anything. */
  push(): number {
    this.#makeRoom(this.count + 1);
    return this.count++;
  }

  /** The copy of the row at the address, if the runs were copied in ascending order; -1 if there is none. */
  rowAt(address: number): number {
    let low = 0;
    for (let high = this.#addresses.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle] <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return -1;
    const within = (address - this.#addresses[low - 1]) / this.words;
    const row = this.#firstRows[low - 1] + within;
    return Number.isInteger(within) && row < (this.#firstRows[low] ?? this.count) ? row : -1;
  }

  /** The copies of rows by their addresses, whatever the order of the runs. */
  index(): AddressIndex {
    const { count, words } = this;
    const index = new AddressIndex(count);
    for (let run = 0; run < this.#addresses.length; run++) {
      const end = this.#firstRows[run + 1] ?? count;
      let address = this.#addresses[run];
      for (let row = this.#firstRows[run]; row < end; row++, address += words) index.set(address, row);
    }
    return index;
  }

  #makeRoom(rows: number): void {
    const needed = (rows * this.words) >> 1;
    if (needed <= this.F.length) return;
    const grown = new Float64Array(Math.max(needed, this.count === 0 ? 0 : this.F.length * 2));
    if (this.count > 0) grown.set(this.F);
    this.F = grown;
    this.I = new Int32Array(grown.buffer);
  }
}
