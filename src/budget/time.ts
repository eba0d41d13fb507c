// Times as a budget writes them: a number with its unit, such as "5 ms". A number alone is no time.
import { describe, Mismatch } from '../exporters/shape.ts';

const UNIT_NS = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3], // the Greek letter, which looks the same
  ['ms', 1e6],
  ['s', 1e9],
]);

const EXPECTED = 'a time with its unit (ns, µs, ms or s) such as "5 ms"';

/** 104 days: whole numbers of ns are exact up to here. */
const LONGEST_NS = Number.MAX_SAFE_INTEGER;

/** The time in ns. Throws {@link Mismatch}. */
export function timeNs(value: unknown): number {
  const refuse = () => new Mismatch(EXPECTED, describe(value));
  if (typeof value !== 'string') throw refuse();
  const [, digits, unit] = /^(\d{1,20}(?:\.\d{1,20})?) ?([a-zµμ]{1,2})$/.exec(value) ?? [];
  const unitNs = UNIT_NS.get(unit);
  if (unitNs === undefined) throw refuse();
  const ns = Number(digits) * unitNs;
  if (ns > LONGEST_NS) throw new Mismatch('a time of at most 104 days', describe(value));
  // 2.3 ms are 2,300,000 ns and not 2,299,999.9999999998. Above an hour there are no exact thousandths any more.
  return ns < 4e12 ? Math.round(ns * 1e3) / 1e3 : Math.round(ns);
}

const SHOWN = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

/** The shortest text of exactly this time. */
export function timeText(ns: number): string {
  const [unit, unitNs] = unitFor(ns);
  const short = `${plain(ns / unitNs)} ${unit}`;
  return timeNs(short) === ns ? short : `${ns} ns`;
}

/**
 * A text of three digits that means this time or a bit more (`up`) or less (`down`), never something on the other side.
 * Longer times than a budget can say are the longest that it can.
 */
export function roundedTimeText(ns: number, direction: 'up' | 'down'): string {
  const clipped = Math.min(ns, LONGEST_NS);
  const [unit, unitNs] = unitFor(clipped);
  const value = clipped / unitNs;
  // The finest step is what timeNs() reads exactly.
  const step = Math.max(10 ** (Math.floor(Math.log10(Math.max(value, Number.MIN_VALUE))) - 2), 1e-3 / unitNs);
  const steps = direction === 'up' ? Math.ceil(value / step) : Math.floor(value / step);
  for (let n = steps; ; n += direction === 'up' ? 1 : -1) {
    const rounded = `${plain(Math.max(0, n) * step)} ${unit}`;
    if (n * step * unitNs > LONGEST_NS) return `${LONGEST_NS} ns`;
    const readNs = timeNs(rounded);
    if (direction === 'up' ? readNs >= clipped : readNs <= clipped) return rounded;
  }
}

function unitFor(ns: number): (typeof SHOWN)[number] {
  return SHOWN.find(([, unitNs]) => ns >= unitNs) ?? SHOWN[3];
}

/** Without an exponent and without the last digits, which are noise of the division. */
function plain(value: number): string {
  return String(Number(value.toPrecision(15))).includes('e')
    ? value.toFixed(12).replace(/\.?0+$/, '')
    : String(Number(value.toPrecision(15)));
}
