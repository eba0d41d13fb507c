// Where in a caller's source the call of a callee stands: by name, from the calls that the site table lists. Logic only.
import type { SiteTable } from './contract.ts';

interface Place {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** The first line that by its name can be the call; the caller's own line where there is none. */
export function callLine(
  calls: NonNullable<SiteTable['calls']>[number],
  callee: Place,
  caller: Place,
): number {
  const name = callee.name.slice(callee.name.lastIndexOf('.') + 1);
  const at = calls.indexOf(name);
  return at < 0 ? caller.line : (calls[at + 1] as number);
}
