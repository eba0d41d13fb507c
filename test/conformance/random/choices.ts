// Decisions from which a program is made: a list of numbers, random at first. A shorter list, or one of smaller numbers,
// makes a smaller program, so whoever looks for the smallest that still fails needs to know nothing of programs.

export class Choices {
  private at = 0;
  private state: number;
  /** What was decided so far. */
  readonly taken: number[] = [];

  /** The numbers given come first; then zeros if `seed` is null, else random ones. */
  private readonly given: readonly number[];

  constructor(given: readonly number[], seed: number | null) {
    this.given = given;
    this.state = seed ?? 0;
    this.isRandom = seed !== null;
  }

  private readonly isRandom: boolean;

  /** A number from 0 to `below` - 1. */
  pick(below: number): number {
    const raw = this.at < this.given.length ? this.given[this.at] : this.isRandom ? this.random() : 0;
    this.at++;
    const value = raw % below;
    this.taken.push(value);
    return value;
  }

  chance(percent: number): boolean {
    return this.pick(100) >= 100 - percent;
  }

  of<T>(list: readonly T[]): T {
    return list[this.pick(list.length)];
  }

  /** mulberry32 */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
}

/** The smallest decisions found for which `fails` still holds, in at most so many attempts. */
export async function shrink(
  taken: readonly number[],
  fails: (candidate: readonly number[]) => Promise<boolean>,
  attempts = 1500,
): Promise<readonly number[]> {
  let best = taken;
  let left = attempts;
  const accepts = async (candidate: readonly number[]): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let isBetter = true; isBetter && left > 0;) {
    isBetter = false;
    for (let size = best.length >> 1; size > 0; size >>= 1) {
      for (let at = 0; at + size <= best.length;) {
        if (await accepts([...best.slice(0, at), ...best.slice(at + size)])) isBetter = true;
        else at += size;
      }
    }
    for (let at = 0; at < best.length; at++) {
      for (const value of [0, best[at] >> 1]) {
        if (value >= best[at]) break;
        if (await accepts([...best.slice(0, at), value, ...best.slice(at + 1)])) {
          isBetter = true;
          break;
        }
      }
    }
  }
  return best;
}
