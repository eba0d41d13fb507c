// A site table as a real file has it: names, lines, and what each function calls where.
import { writeCalls } from '../../runtime/call-lines.ts';

export const CALLERS_EACH = 10;

/** A file whose function i is called by those at i − 1 … i − 10. */
export function siteTable(functions: number): string {
  const sites = Array.from({ length: functions }, (_, i) => [`function${i}`, 1, 10 * i + 1, 0]);
  const calls = Array.from({ length: functions }, (_, i) => {
    const called = Array.from({ length: CALLERS_EACH }, (_, k) => (i + k + 1) % functions);
    return writeCalls(new Map(called.map((fn, k) => [`function${fn}`, 10 * i + 1 + k])), 10 * i + 1);
  });
  return JSON.stringify({ sites, left: [], calls });
}
