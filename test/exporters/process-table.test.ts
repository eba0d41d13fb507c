// The report on several processes: a row for each in the table of processes, the pid of each thread, and one table of
// functions for each process.
import { expect } from 'chai';
import { renderTable } from '../../src/exporters/table.ts';
import type { TableOptions } from '../../src/exporters/table.ts';
import { FOLDED_THREADS } from '../../src/profile.ts';
import type { Profile } from '../../src/profile.ts';
import { makeFunction, makePart, makeProcess, makeProfile, makeThread, ROOT } from '../support/profiles.ts';

const clockless = { ...makeProcess().clock, cpu: null };

/** The second process has two threads, the third no CPU clock and, beside its thread, a folded one. */
const PROFILE = makeProfile({
  processes: [
    makeProcess({ pid: 30, argv: ['/app/main.js', '--port', '80'] }),
    makeProcess({ pid: 10, argv: ['C:\\app\\job.js'] }),
    makeProcess({ pid: 20, argv: [], clock: clockless }),
  ],
  threads: [
    makeThread(0, { process: 0, wallNs: 2e9, cpuNs: 1e9, calls: 5 }),
    makeThread(1, { process: 1, wallNs: 3e9, cpuNs: 3e9, calls: 7, name: 'main' }),
    makeThread(2, { process: 1, wallNs: 1e9, cpuNs: 1e9, calls: 11 }),
    makeThread(3, { process: 2, wallNs: 5e8, cpuNs: null, calls: 13, name: 'main' }),
  ],
  functions: [
    ROOT,
    ...[0, 1, 2, 3, FOLDED_THREADS - 2, FOLDED_THREADS].map((thread, i) =>
      makeFunction(i + 1, {
        name: `of${thread}`,
        parts: [makePart({ thread, calls: 1, selfWallNs: 1e6, totalWallNs: 1e6 })],
      }),
    ),
  ],
});

const linesOf = (profile: Profile, options?: TableOptions) => renderTable(profile, options).split('\n');

/** The cells of each row below the line that begins with these titles, up to the next empty line. */
function rowsBelow(lines: readonly string[], titles: RegExp): string[][] {
  const from = lines.findIndex((line) => titles.test(line));
  expect(from, lines.join('\n')).to.be.at.least(0);
  const rows = lines.slice(from + 1);
  return rows.slice(0, rows.indexOf('')).map((line) => line.trim().split(/ {2,}/));
}

const PROCESS_TITLES = /^ *id +pid +process +threads/;

describe('the table of processes', () => {
  it('has a row for each, with the sums of its threads', () => {
    expect(rowsBelow(linesOf(PROFILE), PROCESS_TITLES)).to.deep.equal([
      ['0', '30', 'main.js --port 80', '1', '2.000', 's', '1.000', 's', '50.0%', '5'],
      ['1', '10', 'job.js', '2', '4.000', 's', '4.000', 's', '100.0%', '18'],
      ['2', '20', 'node', '1', '500.0 ms', 'n/a', '-', '13'],
    ]);
  });

  it('is left out where there is one process', () => {
    expect(renderTable(makeProfile({ functions: PROFILE.functions.slice(0, 2) }))).to.not.match(/ pid /);
  });

  it('keeps those with the most wall time, in the order of their start, and tells how many it leaves out', () => {
    const rows = rowsBelow(linesOf(PROFILE, { limit: 2 }), PROCESS_TITLES);
    expect(rows.map(([id, pid]) => [id, pid])).to.deep.equal([
      ['0', '30'],
      ['1', '10'],
      ['… and 1 more process', undefined],
    ]);
    const [first] = rowsBelow(linesOf(PROFILE, { limit: 1 }), PROCESS_TITLES);
    expect(first[1]).to.equal('10');
    expect(renderTable(PROFILE, { limit: 1 })).to.contain('… and 2 more processes\n');
  });

  it('shows what a program is called with as text', () => {
    const hostile = { ...PROFILE, processes: PROFILE.processes.map((each) => ({ ...each, argv: ['/a\u001b[2J\nb'] })) };
    expect(renderTable(hostile)).to.not.contain('\u001b');
    expect(rowsBelow(linesOf(hostile), PROCESS_TITLES)).to.have.length(3);
  });
});

describe('the table of threads', () => {
  it('has the pid of each where there are several processes', () => {
    const rows = rowsBelow(linesOf(PROFILE), /^ *id +pid +threadId/);
    expect(rows.map(([id, pid]) => `${id} ${pid}`)).to.deep.equal(['0 30', '1 10', '2 10', '3 20']);
  });
});

describe('tables of functions', () => {
  /** Names of the functions below each title. */
  const groups = (lines: readonly string[], title: RegExp) =>
    Object.fromEntries(
      lines.flatMap((line, i) => {
        if (!title.test(line)) return [];
        const rows = lines.slice(i + 2);
        return [[line, rows.slice(0, rows.indexOf('')).map((row) => row.split(' ')[0])]];
      }),
    );

  it('are of each process by itself, with its folded threads', () => {
    expect(groups(linesOf(PROFILE, { perProcess: true }), /^process \d/)).to.deep.equal({
      'process 30: main.js --port 80': ['of0', `of${FOLDED_THREADS}`],
      'process 10: job.js': ['of1', 'of2'],
      'process 20: node': ['of3', `of${FOLDED_THREADS - 2}`],
    });
  });

  it('are of each thread, which is named with its process', () => {
    expect(groups(linesOf(PROFILE, { perThread: true }), /^(folded threads|thread \d)/)).to.deep.equal({
      'thread 0 of process 30: main (running)': ['of0'],
      'thread 1 of process 10: main (running)': ['of1'],
      'thread 2 of process 10: worker 2 (running)': ['of2'],
      'thread 3 of process 20: main (running)': ['of3'],
      'folded threads of process 30, together': [`of${FOLDED_THREADS}`],
      'folded threads of process 20, together': [`of${FOLDED_THREADS - 2}`],
    });
  });
});
