// Numbers by pairs of small whole numbers. A Map has no key for a pair but a text or a product, which is an object of its
// own to V8; a profile may have a hundred thousand pairs. Open addressing in one array, at most half full.

const FIRST_SLOTS = 64;
/** Words of a slot: both of the pair, and the number + 1; 0 for an empty slot. */
const SLOT = 3;

export class PairIndex {
  #slots = new Int32Array(FIRST_SLOTS * SLOT);
  #count = 0;

  /** The number of the pair, from 0; -1 if it has none. */
  get(a: number, b: number): number {
    return this.#slots[slotOf(this.#slots, a, b) + 2] - 1;
  }

  /** Gives the pair, which has none, a number of at least 0. */
  add(a: number, b: number, value: number): void {
    if (++this.#count * 2 * SLOT > this.#slots.length) this.#grow();
    put(this.#slots, a, b, value + 1);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += SLOT) {
      if (old[at + 2] !== 0) put(this.#slots, old[at], old[at + 1], old[at + 2]);
    }
  }
}

/** That of the pair, or the empty one where it belongs. */
function slotOf(slots: Int32Array, a: number, b: number): number {
  const mask = slots.length / SLOT - 1;
  const h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  let slot = (h ^ (h >>> 15)) & mask;
  for (; ; slot = (slot + 1) & mask) {
    const at = slot * SLOT;
    if (slots[at + 2] === 0 || (slots[at] === a && slots[at + 1] === b)) return at;
  }
}

function put(slots: Int32Array, a: number, b: number, stored: number): void {
  const at = slotOf(slots, a, b);
  slots[at] = a;
  slots[at + 1] = b;
  slots[at + 2] = stored;
}
