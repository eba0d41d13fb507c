// What callgrind_annotate shows of a file, as data.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

export interface Annotated {
  readonly totals: readonly number[];
  /** By `file:name`. */
  readonly functions: Record<string, readonly number[]>;
  /** By `file:name > file:name`, as the caller lists its callees. */
  readonly callees: Record<string, { calls: number; costs: readonly number[] }>;
  readonly callers: Record<string, { calls: number; costs: readonly number[] }>;
  readonly warnings: readonly string[];
}

export function annotate(text: string, folder: string, ...options: string[]): Annotated {
  const path = join(folder, 'callgrind.out.1');
  writeFileSync(path, text);
  const args = ['--threshold=100', '--show-percs=no', '--auto=no', ...options, path];
  const { stdout, stderr, status } = spawnSync('callgrind_annotate', args, { encoding: 'utf8', cwd: folder });
  expect(status, stderr).to.equal(0);
  const result = { totals: [] as number[], functions: {}, callees: {}, callers: {} } as {
    totals: number[];
    functions: Record<string, number[]>;
    callees: Annotated['callees'] & object;
    callers: Annotated['callers'] & object;
  };
  let caller = '';
  let above: [string, { calls: number; costs: number[] }][] = [];
  // Above the titles stands what the header says, some of which looks like figures.
  for (const line of stdout.slice(stdout.indexOf('\nWall_ns')).split('\n')) {
    const [, figures, what] = /^ *((?:[\d,.]+ +)+)(.*)$/.exec(line) ?? [];
    if (figures === undefined) continue;
    const costs = figures
      .trim()
      .split(/ +/)
      .map((figure) => (figure === '.' ? 0 : Number(figure.replaceAll(',', ''))));
    const [, sign, name, calls] = /^(<|>)\s+(.*) \(([\d,]+)x\)(?: \[\])?$/.exec(what) ?? [];
    const row = { calls: Number(calls?.replaceAll(',', '')), costs };
    if (what === 'PROGRAM TOTALS' || what === 'PROGRAM TOTALS (calculated)') result.totals = costs;
    else if (sign === '<') above.push([name, row]);
    else if (sign === '>') result.callees[`${caller} > ${name}`] = row;
    else {
      caller = what.replace(/^\* +/, '').replace(/ \[\]$/, '');
      result.functions[caller] = costs;
      for (const [name, called] of above) result.callers[`${name} > ${caller}`] = called;
      above = [];
    }
  }
  return { ...result, warnings: stderr.split('\n').filter((line) => line.startsWith('    line:')) };
}
