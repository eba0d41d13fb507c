// The lines on which edges' calls stand, kept from one snapshot to the next: an edge keeps its row, and finding its line is
// three look-ups by text. Twelve bytes an edge, a fifth of its row in the arena.
const CALLER = 0;
const CALLEE = 1;
/** The line + 1; 0 where it is not known. */
const LINE = 2;
const WORDS = 3;

export type CallLine = (callerSite: number, calleeSite: number) => number;

export class EdgeLines {
  readonly #bySlab = new Map<number, Int32Array>();

  /** The lines of one slab's edges by their rows, of which there are so many; `find` is asked for those not known. */
  of(slab: number, rows: number, find: CallLine): (edge: number, callerSite: number, calleeSite: number) => number {
    let known = this.#bySlab.get(slab);
    if (known === undefined || known.length < rows * WORDS) {
      const grown = new Int32Array(rows * WORDS);
      if (known !== undefined) grown.set(known);
      this.#bySlab.set(slab, (known = grown));
    }
    const lines = known;
    return (edge, callerSite, calleeSite) => {
      const at = edge * WORDS;
      // After a clear the row may be another edge's.
      if (lines[at + LINE] !== 0 && lines[at + CALLER] === callerSite && lines[at + CALLEE] === calleeSite) {
        return lines[at + LINE] - 1;
      }
      const line = find(callerSite, calleeSite);
      lines[at + CALLER] = callerSite;
      lines[at + CALLEE] = calleeSite;
      lines[at + LINE] = line + 1;
      return line;
    };
  }
}
