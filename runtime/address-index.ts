// Places of rows by their addresses. A Map is slower by several times, and a snapshot asks twice for each edge.
// Open addressing in one array, at most half full.

const SLOT = 2;

export class AddressIndex {
  #slots: Int32Array;
  readonly #shift: number;

  /** Has room for so many addresses, and no more. */
  constructor(most: number) {
    const bits = Math.max(4, 33 - Math.clz32(most));
    this.#slots = new Int32Array(SLOT << bits);
    this.#shift = 32 - bits;
  }

  /** The place of the row; -1 if it has none. */
  get(address: number): number {
    return this.#slots[this.#slotOf(address) + 1] - 1;
  }

  /** Gives the row, whose address is not 0, a place from 0. */
  set(address: number, place: number): void {
    const at = this.#slotOf(address);
    this.#slots[at] = address;
    this.#slots[at + 1] = place + 1;
  }

  /** That of the address, or the empty one where it belongs. */
  #slotOf(address: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    // Fibonacci hashing: the upper bits of the product tell apart rows at equal distances.
    let at = (Math.imul(address, 0x9e3779b1) >>> this.#shift) * SLOT;
    while (slots[at] !== address && slots[at + 1] !== 0) at = (at + SLOT) & mask;
    return at;
  }
}
