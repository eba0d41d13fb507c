// Figures as a person reads them: four significant digits with a unit that fits, and nothing ever cut off.

const UNITS: readonly (readonly [unit: string, ns: number])[] = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
];

/** `12.34 ms`, `5.000 ns`, `1.500  s`; the unit takes two cells, so that right-aligned digits line up. `0` for nothing. */
export function duration(ns: number): string {
  if (ns === 0) return '0';
  if (ns < 0.001) return '<0.001 ns';
  for (const [unit, unitNs] of UNITS) {
    const value = ns / unitNs;
    // 999.96 rounds to 1000.0: that belongs to the next unit.
    if (unit === 's' || Number(value.toFixed(1)) < 1000) return `${fourDigits(value)} ${unit.padStart(2)}`;
  }
  throw new RangeError('unreachable: seconds take every value');
}

/** Four significant digits without an exponent; whole numbers from 1000 on are given in full. */
function fourDigits(value: number): string {
  for (const [below, decimals] of [
    [10, 3],
    [100, 2],
    [1000, 1],
  ]) {
    const text = value.toFixed(decimals);
    if (Number(text) < below) return text;
  }
  return value.toFixed(0);
}

/** A share of 1 as `12.3%`; what is too small to show is not shown as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  return `${(share * 100).toFixed(1)}%`;
}

/** The standard error of a value as `±4%`; empty where the value was timed exactly. */
export function relativeError(errorNs: number, valueNs: number): string {
  if (errorNs === 0) return '';
  const error = (errorNs / valueNs) * 100;
  if (!(error < 999.5)) return '±>999%';
  if (error < 0.1) return '±<0.1%';
  return error < 0.95 ? `±${error.toFixed(1)}%` : `±${error.toFixed(0)}%`;
}

/** `1 call`, `2 calls` */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
