// The figures of functions, or of nodes of the call tree, as they come in frames: totals so far, those at the mark, and
// those of a moment ago. Rows of plain numbers, since there may be many thousands, several times a second. No DOM.

/** What rates are of: the last second. */
const RATE_NS = 1e9;

export class Figures {
  readonly columns: number;
  /** Row of `id` from `id * columns` on. */
  now = new Float64Array(0);
  /** Totals when somebody clicked; `null` without a mark. */
  mark: Float64Array | null = null;
  /** From when on the rates are. */
  #past: { readonly atNs: number; readonly values: Float64Array }[] = [];
  #nowNs = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  makeRoom(rows: number): void {
    if (this.now.length >= rows * this.columns) return;
    const wider = new Float64Array(rows * this.columns * 2);
    wider.set(this.now);
    this.now = wider;
  }

  /** Before what a frame brings is put into `now`. */
  begin(intervalNs: number): void {
    this.#past.push({ atNs: this.#nowNs, values: this.now.slice() });
    this.#nowNs += intervalNs;
    while (this.#past.length > 1 && this.#nowNs - this.#past[1].atNs >= RATE_NS) this.#past.shift();
  }

  /** Everything was cleared. */
  clear(): void {
    this.now.fill(0);
    this.mark = null;
    this.forgetPast();
  }

  /** There are no rates until the next frame. */
  forgetPast(): void {
    this.#past = [];
  }

  setMark(): void {
    this.mark = this.now.slice();
  }

  /** Since the mark, if there is one. */
  total(at: number): number {
    return this.now[at] - (this.mark?.[at] ?? 0);
  }

  /** For each second of the last one; 0 while there is but one frame. */
  rate(at: number): number {
    const [oldest] = this.#past;
    const passedNs = oldest === undefined ? 0 : this.#nowNs - oldest.atNs;
    return passedNs <= 0 ? 0 : Math.max(0, ((this.now[at] - (oldest.values[at] ?? 0)) / passedNs) * 1e9);
  }
}
