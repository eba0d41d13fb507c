// renderCsv(): each kind of rows, and what Python's csv module reads out of them.
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { CSV_ROWS, renderCsv } from '../../src/exporters/csv.ts';
import type { Profile } from '../../src/profile.ts';
import {
  makeEdge,
  makeFunction,
  makeProcess,
  makeProfile,
  makeThread,
  profileOfSpans,
  ROOT,
  withoutCpu,
} from '../support/profiles.ts';
import { hasTool } from '../support/tools.ts';

const ODD_NAMES = [
  '=HYPERLINK("http://x","y")',
  '+1',
  '-1+2',
  '@SUM(A1)',
  '\tx',
  '\rx',
  'a,b',
  'say "hi"',
  'two\nlines',
  'two\r\nlines',
  ' padded ',
  '解析器',
  "'quoted'",
  'C:\\x',
  '',
];
/** What begins one of these is text to a spreadsheet only with an apostrophe in front. */
const guarded = (name: string) => (['=', '+', '-', '@', '\t', '\r'].includes(name[0]) ? `'${name}` : name);

function oddProfile(): Profile {
  return makeProfile({
    processes: [makeProcess(), makeProcess({ pid: 4712 })],
    threads: [makeThread(0), makeThread(1, { process: 1, name: '=cmd', threadId: 0, state: 'folded', calls: 9 })],
    functions: [
      ROOT,
      ...ODD_NAMES.map((name, i) => makeFunction(i + 1, { name, file: 'C:\\app\\a, b.js', line: i + 1, calls: i })),
    ],
    edges: ODD_NAMES.map((_, i) => makeEdge(i, i + 1, { line: i === 0 ? 0 : i, calls: 3, totalWallNs: 1e15 + 1 })),
  });
}

function readByPython(text: string): Record<string, string>[] {
  const program = [
    'import csv, io, json, sys',
    "text = sys.stdin.buffer.read().decode('utf-8')",
    "rows = list(csv.DictReader(io.StringIO(text, newline=''), strict=True))",
    "sys.stdout.buffer.write(json.dumps(rows).encode('utf-8'))",
  ].join('\n');
  const { stdout, stderr, status } = spawnSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout) as Record<string, string>[];
}

describe('renderCsv()', () => {
  it('has a row for each function, with all figures', () => {
    const fn = makeFunction(1, {
      name: 'parse',
      calls: 7,
      primitiveCalls: 2,
      open: 1,
      errors: 3,
      resumes: 4,
      awaitNs: 5,
      selfWallNs: 10,
      selfCpuNs: 9,
      totalWallNs: 20,
      totalCpuNs: 19,
      selfErrorNs: 1.5,
      totalErrorNs: 2.5,
      maxTotalNs: 8,
      longestBlockNs: 6,
      durations: [{ fromNs: 4, toNs: 8, calls: 4 }],
    });
    expect(renderCsv(makeProfile({ functions: [ROOT, fn] }))).to.equal(
      [
        'name,file,line,column,kind,calls,primitiveCalls,resumes,awaitNs,selfWallNs,selfCpuNs,totalWallNs,totalCpuNs,' +
          'open,errors,selfErrorNs,totalErrorNs,maxTotalNs,longestBlockNs,timedCalls,p50Ns,p90Ns,p99Ns',
        '(event loop),,,,root,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,,,',
        'parse,/app/main.js,2,1,function,7,2,4,5,10,9,20,19,1,3,1.5,2.5,8,6,4,6,7.6,7.96',
        '',
      ].join('\r\n'),
    );
  });

  it('has a row for each edge, and one for each thread', () => {
    const profile = profileOfSpans([[['a', 10, ['b', 5]]]]);
    expect(renderCsv(profile, { rows: 'edges' }).split('\r\n')).to.deep.equal([
      'caller,callerFile,callerLine,line,callee,calleeFile,calleeLine,' +
        'calls,primitiveCalls,resumes,awaitNs,selfWallNs,selfCpuNs,totalWallNs,totalCpuNs',
      'a,/app/main.js,2,2,b,/app/main.js,3,1,1,0,0,5,5,5,5',
      '(event loop),,,1,a,/app/main.js,2,1,1,0,0,10,10,15,15',
      '',
    ]);
    expect(renderCsv(profile, { rows: 'threads' }).split('\r\n')).to.deep.equal([
      'pid,threadId,name,state,wallNs,cpuNs,calls,regimeSwitches',
      '4711,0,main,running,1000000000,500000000,2,0',
      '',
    ]);
  });

  it('leaves CPU time empty where there is no clock for it', () => {
    const text = renderCsv(withoutCpu(profileOfSpans([[['a', 10]]])));
    expect(text.split('\r\n')[2]).to.equal('a,/app/main.js,2,1,function,1,1,0,0,10,,10,,0,0,0,0,0,0,0,,,');
  });

  it('is a header for what there is none of', () => {
    for (const rows of CSV_ROWS) {
      const empty = makeProfile({ functions: [], threads: [], edges: [], stacks: [] });
      expect(renderCsv(empty, { rows }).match(/\r\n/g), rows).to.have.length(1);
    }
  });

  it('refuses other rows', () => {
    expect(() => renderCsv(makeProfile(), { rows: 'tags' as never }))
      .to.throw(EverycallError, "renderCsv() expects 'rows' to be functions, edges, threads, got 'tags'")
      .with.property('code', 'bad-option');
  });

  describe("by Python's csv module (needs python3)", () => {
    before(function () {
      if (!hasTool('python3')) this.skip();
    });

    it('gives every name back, with an apostrophe before what a spreadsheet would run', () => {
      const rows = readByPython(renderCsv(oddProfile()));
      expect(rows.map(({ name }) => name)).to.deep.equal(['(event loop)', ...ODD_NAMES.map(guarded)]);
      expect(rows.slice(1).map(({ file, line, calls }) => [file, line, calls])).to.deep.equal(
        ODD_NAMES.map((_, i) => ['C:\\app\\a, b.js', String(i + 1), String(i)]),
      );
    });

    it('gives the names of edges and threads back, and whole numbers to the last digit', () => {
      const edges = readByPython(renderCsv(oddProfile(), { rows: 'edges' }));
      expect(edges.map(({ callee }) => callee)).to.deep.equal(ODD_NAMES.map(guarded));
      expect(edges.map(({ caller }) => caller)).to.deep.equal(['(event loop)', ...ODD_NAMES.slice(0, -1).map(guarded)]);
      expect(edges.map(({ line }) => line).slice(0, 3)).to.deep.equal(['', '1', '2']);
      expect(new Set(edges.map(({ totalWallNs }) => totalWallNs))).to.deep.equal(new Set(['1000000000000001']));
      const threads = readByPython(renderCsv(oddProfile(), { rows: 'threads' }));
      expect(threads.map(({ pid, name, state, calls }) => [pid, name, state, calls])).to.deep.equal([
        ['4711', 'main', 'running', '0'],
        ['4712', "'=cmd", 'folded', '9'],
      ]);
    });
  });
});
