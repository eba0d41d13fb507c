// renderCallgrind(): against callgrind_annotate, and against a reader that is as strict as KCachegrind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import { renderCallgrind } from '../../src/exporters/callgrind.ts';
import type { Profile } from '../../src/profile.ts';
import { byThread } from '../../src/statistics/breakdown.ts';
import { anyProfile } from '../support/any-profile.ts';
import { annotate } from '../support/callgrind-annotate.ts';
import { readCallgrind } from '../support/callgrind-reader.ts';
import type { ReadFunction } from '../support/callgrind-reader.ts';
import { EMPTY, FLAT, RECURSIVE, VARIED, WINDOWS_PATH } from '../support/exported-profiles.ts';
import { makeEdge, makeFunction, makeProfile, ROOT, withoutCpu } from '../support/profiles.ts';
import { hasTool } from '../support/tools.ts';

/** What a reader should find: the profile's own sums, of what was recorded and of the root. */
function expected({ functions: all, edges, processes }: Profile, nameOf: (id: number) => string) {
  const both = (wall: number, cpu: number | null) => (processes[0].clock.cpu === null ? [wall] : [wall, cpu!]);
  const functions: Record<string, number[]> = {};
  const calls: Record<string, { calls: number; costs: number[] }> = {};
  for (const fn of all) {
    if (fn.parts.length > 0 || fn.kind === 'root') functions[nameOf(fn.id)] = both(fn.selfWallNs, fn.selfCpuNs);
  }
  for (const edge of edges) {
    calls[`${nameOf(edge.caller)} > ${nameOf(edge.callee)}`] = {
      calls: edge.calls,
      costs: both(edge.totalWallNs, edge.totalCpuNs),
    };
  }
  const totals = Object.values(functions).reduce((sum, costs) => sum.map((each, i) => each + costs[i]));
  return { functions, calls, totals };
}

/** `file:name`; with the place where a file has several of the name. */
const namesOf =
  ({ functions }: Profile) =>
  (id: number) => {
    const { file, line, column, name } = functions[id];
    const alike = functions.filter((other) => other.file === file && other.name === name);
    const path = file.replaceAll('\\', '/') || '???';
    return alike.length > 1 ? `${path}:${name}:${line}:${column + 1}` : `${path}:${name}`;
  };

const VARIED_NAMES = [
  '???:(event loop)',
  '/app/main.js:main loop (outer)',
  `${WINDOWS_PATH}:解析 <T>.[Symbol.iterator]`,
  '/app/a.js:handler:5:3',
  '/app/a.js:handler:5:41',
  '/app/a.js:handler:9:1',
  '/app/b.js:handler',
  'node:fs:readFileSync',
];

describe('renderCallgrind()', () => {
  it('writes exactly this', () => {
    const a = {
      name: 'a',
      line: 53,
      calls: 1,
      primitiveCalls: 1,
      selfWallNs: 6e9,
      selfCpuNs: 5e9,
      totalWallNs: 10e9,
      totalCpuNs: 8e9,
    };
    const b = {
      name: 'b',
      line: 54,
      calls: 1,
      primitiveCalls: 1,
      selfWallNs: 4e9,
      selfCpuNs: 3e9,
      totalWallNs: 4e9,
      totalCpuNs: 3e9,
    };
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, a), makeFunction(2, b)],
      edges: [makeEdge(0, 1, { ...a, line: 0 }), makeEdge(1, 2, { ...b, line: 60 })],
      process: { argv: ['/app/main.js', '--fast'] },
    });
    expect(renderCallgrind(profile)).to.equal(
      `# callgrind format
version: 1
creator: everycall 0.1.0
cmd: /app/main.js --fast
desc: 1 session, 1.000 s; 1 thread; exact precision
desc: dropped: nothing
positions: line
event: Wall_ns : Wall time in ns
event: Cpu_ns : CPU time of the thread in ns
part: 1
pid: 4711
thread: 1
desc: thread: main
events: Wall_ns Cpu_ns
summary: 10000000000 8000000000

fl=(1) ???
fn=(1) (event loop)
0 0 0
cfi=(2) /app/main.js
cfn=(2) a
calls=1 53
0 10000000000 8000000000

fl=(2)
fn=(2)
53 6000000000 5000000000
cfn=(3) b
calls=1 54
60 4000000000 3000000000

fl=(2)
fn=(3)
54 4000000000 3000000000

totals: 10000000000 8000000000
`,
    );
  });

  it('gives each thread a part with its own figures, and the folded ones another', () => {
    const text = renderCallgrind(VARIED);
    const { parts, header } = readCallgrind(text);
    // The sum of the file, and so once.
    expect(text.match(/^(summary|totals): .*$/gm)).to.deep.equal(['summary: 720 360', 'totals: 720 360']);
    expect(parts.map((part) => [part.header.pid, part.header.thread, part.header.desc])).to.deep.equal([
      ['4711', '1', 'thread: main'],
      ['4711', '2', 'thread: worker: 解'],
      ['4712', '3', 'command: /app/child.js --once'],
      ['4711', '4', 'thread: ended threads, together'],
    ]);
    expect(header).to.include('cmd: /app/main.js');
    [0, 1, 2, -1].forEach((thread, p) => {
      const own: Record<string, unknown> = {};
      for (const fn of VARIED.functions) {
        const figures = byThread(fn).find((each) => each.thread === thread);
        const calls: ReadFunction['calls'] = {};
        for (const edge of VARIED.edges.filter(({ caller }) => caller === fn.id)) {
          const called = byThread(edge).find((each) => each.thread === thread);
          if (called === undefined) continue;
          calls[VARIED_NAMES[edge.callee]] = {
            calls: called.calls,
            targetLine: VARIED.functions[edge.callee].line,
            line: edge.line,
            costs: [called.totalWallNs, called.totalCpuNs!],
          };
        }
        const costs = [figures?.selfWallNs ?? 0, figures?.selfCpuNs ?? 0];
        if (figures !== undefined || fn.id === 0) own[VARIED_NAMES[fn.id]] = { line: fn.line, costs, calls };
      }
      expect(parts[p].functions).to.deep.equal(own);
    });
  });

  it('writes each number once in a part, with one name all over the file, whoever is called first', () => {
    // b is called by the root of its own accord and by a, and c has no row of its own: only an edge says it exists.
    const figures = { calls: 1, primitiveCalls: 1, selfWallNs: 1, totalWallNs: 1 };
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, figures), makeFunction(2, figures), makeFunction(3, { parts: [] })],
      edges: [makeEdge(1, 2, figures), makeEdge(0, 2, figures), makeEdge(0, 1, figures), makeEdge(2, 3, figures)],
    });
    const text = renderCallgrind(profile);
    for (const name of ['fn=(1) ', 'fn=(2) f1', 'fn=(3) f2', 'fn=(4) f3']) expect(text.split(name)).to.have.length(2);
    expect(readCallgrind(text).parts[0].functions['/app/main.js:f2'].calls).to.have.keys('/app/main.js:f3');
    fc.assert(
      fc.property(anyProfile(), (any) => void readCallgrind(renderCallgrind(any))),
      { numRuns: 30 },
    );
  });

  it('keeps names on their line and apart', () => {
    const one = { calls: 1, primitiveCalls: 1, selfWallNs: 1, totalWallNs: 1 };
    const named = ['x\ny', '', 'x', ' x', '(7) x', 'x:9:1', 'x'].map((name, i) =>
      makeFunction(i + 1, { ...one, name }),
    );
    const { parts } = readCallgrind(renderCallgrind(makeProfile({ functions: [ROOT, ...named] })));
    expect(Object.keys(parts[0].functions).map((name) => name.replace('/app/main.js:', ''))).to.deep.equal([
      '???:(event loop)',
      'x\\u{a}y',
      '(anonymous)',
      'x:4:1',
      'x:5:1',
      '(7) x',
      'x:9:1',
      'x:8:1',
    ]);
  });

  it('writes whole ns that add up to the totals, and nothing below zero', () => {
    const profile = makeProfile({
      functions: [
        ROOT,
        makeFunction(1, { calls: 1, selfWallNs: 0.4, selfCpuNs: 0.6, totalWallNs: 0.4 }),
        makeFunction(2, { calls: 1, selfWallNs: 1.5, selfCpuNs: -3, totalWallNs: 1.5 }),
      ],
    });
    const text = renderCallgrind(profile);
    expect(readCallgrind(text).parts[0].functions['/app/main.js:f2'].costs).to.deep.equal([2, 0]);
    expect(text)
      .to.match(/^summary: 2 1$/m)
      .and.to.match(/^totals: 2 1$/m);
  });

  it('leaves an edge out that has time but no calls: a reader would charge it to the caller', () => {
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, { calls: 0, open: 1, selfWallNs: 5, totalWallNs: 5 })],
      edges: [makeEdge(0, 1, { calls: 0, totalWallNs: 5 })],
    });
    expect(renderCallgrind(profile)).to.not.include('calls=');
  });

  it('has no CPU event where there is no CPU clock', () => {
    const { events, parts } = readCallgrind(renderCallgrind(withoutCpu(FLAT)));
    expect(events).to.deep.equal(['Wall_ns']);
    expect(parts[0].functions['/app/main.js:a'].costs).to.deep.equal([10]);
  });

  it('says what was dropped', () => {
    expect(renderCallgrind(VARIED)).to.match(/^desc: dropped: 3 calls whose caller found no room.*2 stack samples/m);
  });

  it('writes a root and its events for an empty profile', () => {
    const { events, parts } = readCallgrind(renderCallgrind(EMPTY));
    expect(events).to.deep.equal(['Wall_ns', 'Cpu_ns']);
    expect(parts.map(({ functions }) => functions)).to.deep.equal([
      { '???:(event loop)': { line: 0, costs: [0, 0], calls: {} } },
    ]);
  });

  it('refuses options it does not know what to do with', () => {
    expect(() => renderCallgrind(EMPTY, { perThread: 'yes' as never }))
      .to.throw(EverycallError, "renderCallgrind() expects 'perThread' to be a boolean, got 'yes'")
      .with.property('code', 'bad-option');
  });

  describe('read by callgrind_annotate (needs callgrind_annotate)', function () {
    let folder: string;
    before(function () {
      if (!hasTool('callgrind_annotate')) this.skip();
      folder = mkdtempSync(join(tmpdir(), 'everycall-callgrind-'));
    });
    after(() => folder !== undefined && rmSync(folder, { recursive: true }));

    const agrees = (profile: Profile, nameOf = namesOf(profile), options = {}) => {
      const self = annotate(renderCallgrind(profile, options), folder, '--tree=both');
      const { functions, calls, totals } = expected(profile, nameOf);
      expect(self.functions).to.deep.equal(functions);
      expect(self.callees).to.deep.equal(calls);
      expect(self.callers).to.deep.equal(calls);
      expect(self.totals).to.deep.equal(totals);
      return self;
    };

    it('shows the self and inclusive costs of a flat program', () => {
      expect(agrees(FLAT).warnings).to.deep.equal([]);
      const inclusive = annotate(renderCallgrind(FLAT), folder, '--inclusive=yes', '--tree=both');
      expect(inclusive.warnings).to.deep.equal([]);
      for (const fn of FLAT.functions.filter(({ id }) => id > 0)) {
        expect(inclusive.functions[namesOf(FLAT)(fn.id)]).to.deep.equal([fn.totalWallNs, fn.totalCpuNs]);
      }
      expect(inclusive.functions['???:(event loop)']).to.deep.equal([210, 105]);
      expect(inclusive.totals).to.deep.equal([210, 105]);
    });

    it('shows the self costs and the edges of recursion; the recursive edge is added to the inclusive cost', () => {
      agrees(RECURSIVE);
      const inclusive = annotate(renderCallgrind(RECURSIVE), folder, '--inclusive=yes', '--tree=both');
      expect(inclusive.callees).to.deep.equal(expected(RECURSIVE, namesOf(RECURSIVE)).calls);
      const fib = RECURSIVE.functions.findIndex(({ name }) => name === 'fib');
      const within = RECURSIVE.edges.find(({ caller, callee }) => caller === fib && callee === fib)!;
      expect(inclusive.functions['/app/main.js:fib'][0]).to.equal(
        RECURSIVE.functions[fib].totalWallNs + within.totalWallNs,
      );
    });

    it('adds several threads up, with no warning but of the header lines of later parts', () => {
      const { warnings } = agrees(VARIED, (id) => VARIED_NAMES[id]);
      for (const line of warnings) expect(line).to.match(/'(part|pid|thread|desc|events): /);
      expect(warnings).to.have.length(3 * 5 + 1);
    });

    it('reads one part for all threads without a warning', () => {
      expect(agrees(VARIED, (id) => VARIED_NAMES[id], { perThread: false }).warnings).to.deep.equal([]);
    });

    it('reads an empty profile and one without a CPU clock', () => {
      expect(annotate(renderCallgrind(EMPTY), folder).functions).to.deep.equal({ '???:(event loop)': [0, 0] });
      const plain = withoutCpu(FLAT);
      const { functions, totals } = expected(plain, namesOf(plain));
      const self = annotate(renderCallgrind(plain), folder);
      expect(self.functions).to.deep.equal(functions);
      expect(self.totals).to.deep.equal(totals);
    });

    it('agrees with any profile', () => {
      fc.assert(
        fc.property(anyProfile(), (profile) => void agrees(profile)),
        { numRuns: 20 },
      );
    });
  });
});
