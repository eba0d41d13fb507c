// The last minute, second by second, of many rows of numbers: what is drawn small beside each function. No DOM.

export const SECONDS = 60;

export class Trend {
  /** Ring of `SECONDS` for each row: increase a second, in units of the values. */
  #bins = new Float32Array(0);
  #last = new Float64Array(0);
  #at = 0;
  #sinceNs = 0;

  /**
   * @param isFull values that begin anew: what came before is no increase
   * @param values totals, row by row
   */
  take(values: (row: number) => number, rows: number, intervalNs: number, isFull: boolean): void {
    this.#makeRoom(rows);
    if (isFull) {
      for (let row = 0; row < rows; row++) this.#last[row] = values(row);
      this.#sinceNs = 0;
      return;
    }
    this.#sinceNs += intervalNs;
    if (this.#sinceNs < 0.95e9) return;
    this.#at = (this.#at + 1) % SECONDS;
    for (let row = 0; row < rows; row++) {
      const value = values(row);
      this.#bins[row * SECONDS + this.#at] = Math.max(0, ((value - this.#last[row]) / this.#sinceNs) * 1e9);
      this.#last[row] = value;
    }
    this.#sinceNs = 0;
  }

  /** Oldest first. */
  of(row: number): number[] {
    const bins: number[] = [];
    for (let i = 1; i <= SECONDS; i++) bins.push(this.#bins[row * SECONDS + ((this.#at + i) % SECONDS)] ?? 0);
    return bins;
  }

  clear(): void {
    this.#bins.fill(0);
    this.#last.fill(0);
    this.#sinceNs = 0;
  }

  #makeRoom(rows: number): void {
    if (this.#last.length >= rows) return;
    const bins = new Float32Array(rows * 2 * SECONDS);
    bins.set(this.#bins);
    this.#bins = bins;
    const last = new Float64Array(rows * 2);
    last.set(this.#last);
    this.#last = last;
  }
}
