// renderTable(): the whole report, on profiles made for it.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { renderTable } from '../../src/exporters/table.ts';
import { displayWidth } from '../../src/exporters/text-width.ts';
import { FOLDED_THREADS } from '../../src/profile.ts';
import type { NotInstrumented, Profile } from '../../src/profile.ts';
import { COLUMN_IDS } from '../../src/statistics/columns.ts';
import {
  makeFunction,
  makeProfile,
  makePart,
  makeThread,
  profileOfSpans,
  ROOT,
  withoutCpu,
} from '../support/profiles.ts';

const left = (kind: NotInstrumented['kind'], reason: string): NotInstrumented => ({
  name: 'f',
  file: '/app/a.ts',
  line: 1,
  column: 0,
  kind,
  reason,
});

const figures = (selfMs: number, totalMs: number) => ({
  selfWallNs: selfMs * 1e6,
  selfCpuNs: selfMs * 0.9e6,
  totalWallNs: totalMs * 1e6,
  totalCpuNs: totalMs * 0.9e6,
});

const profile = makeProfile({
  process: { precision: 'adaptive' },
  sessions: [
    { process: 0, startedAtMs: 1, durationNs: 1.2e9 },
    { process: 0, startedAtMs: 2, durationNs: 34e6 },
  ],
  threads: [makeThread(0, { calls: 20 }), makeThread(1, { name: '解析', state: 'ended', calls: 5, cpuNs: 250e6 })],
  functions: [
    { ...ROOT, selfWallNs: 900e6, totalWallNs: 900e6 },
    makeFunction(1, {
      name: 'Parser.parseExpressionAtom',
      file: '/app/node_modules/acorn/dist/acorn.mjs',
      line: 2512,
      parts: [
        makePart({ calls: 57308, primitiveCalls: 1, ...figures(100, 400), selfErrorNs: 4.9e6 }),
        makePart({ thread: FOLDED_THREADS, calls: 5, ...figures(23.456789, 100) }),
      ],
    }),
    makeFunction(2, {
      name: '解析器',
      file: '/app/src/解.ts',
      line: 7,
      parts: [makePart({ thread: 1, calls: 2, primitiveCalls: 2, open: 1, ...figures(0.012, 620) })],
    }),
  ],
});

const lines = (text: string) => text.split('\n').slice(0, -1);
const lineWith = (text: string, part: string) => lines(text).find((line) => line.includes(part));

function refusal(options: Parameters<typeof renderTable>[1]): EverycallError {
  try {
    renderTable(profile, options);
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    return error as EverycallError;
  }
  throw new Error('nothing was thrown');
}

describe('renderTable()', () => {
  it('prints what was profiled, the functions and the threads', () => {
    expect(lines(renderTable(profile, { width: 160, cwd: '/app' }))).to.deep.equal([
      '2 sessions, 1.234 s; 2 threads; adaptive precision (overhead 3 %, tick 1 ms); avg and self% of wall time; sorted by selfWall',
      'dropped: nothing',
      '',
      'name                        location                                  calls  open      selfWall   selfCpu  totalWall  totalCpu       avg   self%',
      'Parser.parseExpressionAtom  node_modules/acorn/dist/acorn.mjs:2512  57313/1     0  123.5 ms ±4%  111.1 ms   500.0 ms  450.0 ms  8.724 µs  100.0%',
      '解析器                      src/解.ts:7                                   2     1  12.00 µs      10.80 µs   620.0 ms  558.0 ms  310.0 ms   <0.1%',
      '',
      'id  threadId  thread  state        wall       cpu   cpu%  calls',
      ' 0         0  main    running  1.000  s  500.0 ms  50.0%     20',
      ' 1         1  解析    ended    1.000  s  250.0 ms  25.0%      5',
      '',
      '±: standard error of a time that was sampled',
    ]);
  });

  it('fits every width from 40 on, dropping the least important columns and no figure', () => {
    let columns = 0;
    for (let width = 40; width <= 180; width++) {
      const text = renderTable(profile, { width, cwd: '/app' });
      for (const line of lines(text)) expect(displayWidth(line), line).to.be.at.most(width);
      const titles = lines(text).find((line) => line.startsWith('name'))!;
      expect(titles.split(/ +/)).to.include.members(['name', 'selfWall']);
      expect(titles.split(/ +/).length).to.be.at.least(columns);
      columns = titles.split(/ +/).length;
      expect(text).to.contain('123.5 ms').and.to.contain('57313/1');
    }
    expect(columns).to.equal(10);
  });

  it('says which columns found no room', () => {
    const text = renderTable(profile, { width: 60 });
    expect(text).to.contain('no room for the columns location, open, totalCpu, avg, self%');
    expect(text).to.contain('times are partly sampled; no room for their standard errors');
  });

  it('keeps the column it is sorted by, however narrow', () => {
    const text = renderTable(profile, { width: 40, sort: 'totalCpu' });
    expect(text).to.contain('450.0 ms').and.to.contain('558.0 ms');
  });

  it('takes a narrower terminal as one of 40 columns', () => {
    expect(renderTable(profile, { width: 10 })).to.equal(renderTable(profile, { width: 40 }));
  });

  it('begins with what was dropped, if anything was', () => {
    const dropped = { edgeCalls: 1, siteCalls: 0, deepCalls: 7, samples: 0, threads: 0, tagCalls: 0, durations: 0 };
    const [first, second] = lines(renderTable({ ...profile, dropped }));
    expect(first).to.equal(
      "dropped: 1 call whose caller found no room (counted, caller '(overflow)'); 7 calls deeper than the stack (counted, not timed)",
    );
    expect(second).to.match(/^2 sessions/);
    for (const what of ['siteCalls', 'samples', 'threads', 'tagCalls', 'durations']) {
      expect(lines(renderTable({ ...profile, dropped: { ...profile.dropped, [what]: 3 } }))[0]).to.match(
        /^dropped: 3 /,
      );
    }
  });

  it('counts what was left uninstrumented, by reason', () => {
    const some = [left('async', 'eval'), left('method', 'eval'), left('generator', 'with')];
    expect(renderTable({ ...profile, notInstrumented: some })).to.contain(
      '\n2 functions (eval) and 1 function (with) were left uninstrumented\n',
    );
    expect(renderTable({ ...profile, notInstrumented: [left('arrow', 'direct eval')] })).to.contain(
      '\n1 function (direct eval) was left uninstrumented\n',
    );
    expect(renderTable({ ...profile, notInstrumented: [...some, left('arrow', 'asm')] })).to.contain(
      '\n2 functions (eval), 1 function (with) and 1 function (asm) were left uninstrumented\n',
    );
    expect(renderTable(profile)).to.not.contain('uninstrumented');
  });

  it('shows waiting where there is any, and resumptions and blocks when asked for', () => {
    const waiting = { ...profile.functions[1], resumes: 12, awaitNs: 3.5e9, longestBlockNs: 4.25e6 };
    const async = { ...profile, functions: [profile.functions[0], waiting, ...profile.functions.slice(2)] };
    expect(lines(renderTable(async)).find((line) => line.startsWith('name'))).to.match(/ await +selfWall /);
    expect(renderTable(async)).to.contain(' 3.500  s ');
    expect(renderTable(profile)).to.not.match(/ await /);
    const asked = renderTable(async, { columns: ['name', 'resumes', 'block', 'await'], sort: 'block' });
    expect(lines(asked).find((line) => line.startsWith(waiting.name))).to.match(/ 12 +4\.250 ms +3\.500 {2}s$/);
  });

  it('lists the tags, those with the most time first', () => {
    const tags = ['GET /', 'POST /users/:id'].map((name, id) => ({
      id,
      name,
      wallNs: (id + 1) * 1e6,
      cpuNs: 5e5,
      calls: 7,
    }));
    const parts = [makePart({ tag: 1, calls: 7, resumes: 1, awaitNs: 8e6 }), makePart({ awaitNs: 1e6 })];
    const functions = profile.functions.map((fn, i) => (i === 1 ? { ...fn, parts } : fn));
    const shown = lines(renderTable({ ...profile, tags, functions }));
    const at = shown.findIndex((line) => line.startsWith('tag '));
    expect(shown.slice(at, at + 3).map((line) => line.split(/ {2,}/))).to.deep.equal([
      ['tag', 'calls', 'wall', 'cpu', 'await'],
      ['POST /users/:id', '7', '2.000 ms', '500.0 µs', '8.000 ms'],
      ['GET /', '7', '1.000 ms', '500.0 µs', '0'],
    ]);
    expect(renderTable({ ...profile, tags, functions }, { limit: 1 })).to.contain('… and 1 more tag\n');
  });

  it('hides the event loop', () => {
    expect(renderTable(profile)).to.not.contain('(event loop)');
  });

  it('shows the overflow function when calls went there', () => {
    const overflow = makeFunction(3, { name: '(overflow)', file: '', line: 0, kind: 'overflow', calls: 4 });
    const text = renderTable({ ...profile, functions: [...profile.functions, overflow] });
    expect(lineWith(text, '(overflow)')).to.match(/^\(overflow\) +4\/0/);
  });

  it('says in one line that nothing was recorded', () => {
    expect(renderTable(makeProfile())).to.equal(
      'nothing recorded: no instrumented function was called (1 session, 1.000 s; 1 thread; exact precision)\n',
    );
    expect(renderTable(makeProfile({ sessions: [] }))).to.equal('nothing recorded: the profiler was never started\n');
  });

  it('says when the profiler still runs', () => {
    expect(lines(renderTable({ ...profile, processes: [{ ...profile.processes[0], running: true }] }))[0]).to.contain(
      '1.234 s, still running;',
    );
  });

  it('never shows CPU time as zero where there is no clock for it', () => {
    const text = renderTable(withoutCpu(profile), { clock: 'cpu' });
    expect(lineWith(text, 'Parser.')).to.match(/123\.5 ms ±4% +n\/a +500\.0 ms +n\/a/);
    expect(lineWith(text, 'main ')).to.match(/n\/a +- +20$/);
    expect(text).to.contain('CPU time is unavailable').and.to.contain('of wall time; sorted by selfWall');
  });

  it('takes avg, self% and the order from the CPU clock if asked', () => {
    const text = renderTable(profile, { clock: 'cpu', columns: ['name', 'avg'], sort: 'avg:asc' });
    expect(text).to.contain('avg and self% of CPU time; sorted by avg, smallest first');
    expect(text).to.contain('\nParser.parseExpressionAtom  7.852 µs\n解析器                      279.0 ms\n');
  });

  it('shows the columns asked for, in that order', () => {
    const text = renderTable(profile, { columns: ['SELF%', 'calls', 'name'], sort: 'name:desc' });
    expect(text).to.contain(
      '\n self%    calls  name\n <0.1%        2  解析器\n100.0%  57313/1  Parser.parseExpressionAtom\n',
    );
    expect(renderTable(profile, { columns: COLUMN_IDS })).to.contain(COLUMN_IDS[0]);
  });

  it('has no average for a function that was only open', () => {
    const open = makeFunction(1, { calls: 0, open: 1, totalWallNs: 5 });
    const text = renderTable(makeProfile({ functions: [ROOT, open] }), { columns: ['name', 'avg'] });
    expect(text).to.contain('\nf1      -\n');
  });

  it('limits functions and threads, and says what is left', () => {
    const many = makeProfile({
      threads: [1, 9, 5].map((wallNs, id) => makeThread(id, { wallNs })),
      functions: [
        ROOT,
        ...Array.from({ length: 39 }, (_, i) => makeFunction(i + 1, { calls: 1, selfWallNs: 10, totalWallNs: 10 })),
      ],
    });
    expect(renderTable(many)).to.contain('\nf30 ').and.to.contain('\n… and 9 more functions, 23.1% of self time\n');
    expect(renderTable(many)).to.not.contain('f31');
    const two = renderTable(many, { limit: 2 });
    expect(two).to.contain('… and 37 more functions').and.to.contain('… and 1 more thread\n');
    expect(lines(two).filter((line) => /running/.test(line))).to.match(/worker 1.*worker 2/);
    expect(renderTable(many, { limit: 'all' }))
      .to.contain('f39')
      .and.to.not.contain('…');
  });

  it('prints a table for each thread, with the figures of that thread', () => {
    const text = renderTable(profile, { perThread: true, columns: ['name', 'calls', 'self%'] });
    expect(text).to.contain(
      [
        'thread 0: main (running)',
        'name                          calls   self%',
        'Parser.parseExpressionAtom  57308/1  100.0%',
        '',
        'thread 1: 解析 (ended)',
        'name    calls   self%',
        '解析器      2  100.0%',
        '',
        'folded threads, together',
        'name                        calls   self%',
        'Parser.parseExpressionAtom    5/0  100.0%',
        '',
        'id  threadId',
      ].join('\n'),
    );
  });

  it('puts threads of which only a sum is left under one title', () => {
    const folded = makeFunction(1, { thread: FOLDED_THREADS, calls: 3, primitiveCalls: 3 });
    const text = renderTable(makeProfile({ functions: [ROOT, folded] }), { perThread: true });
    expect(text).to.contain('\nfolded threads, together\n').and.to.not.contain('thread 0: main');
  });

  it('says that times contain the hooks where they do', () => {
    const raw = profileOfSpans([[['a', 100]]], { innerNs: 30, outerNs: 45 });
    expect(renderTable(raw)).to.contain('times are raw: they contain the hooks, about 75 ns a call\n');
    expect(renderTable(profile)).to.not.contain('raw');
  });

  it('colours only if asked, and changes nothing else by it', () => {
    const dropped = { ...profile.dropped, threads: 1 };
    for (const one of [profile, { ...profile, dropped }]) {
      const plain = renderTable(one, { width: 90 });
      const coloured = renderTable(one, { width: 90, color: true });
      expect(plain).to.not.contain('\u001b');
      expect(coloured).to.contain('\u001b[1m');

      expect(coloured.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +$/gm, '')).to.equal(plain);
    }
  });

  it('never lets a name break the line or reach the terminal as a command', () => {
    const evil = makeFunction(1, { name: 'a\n\u001b[31mb', file: '/app/x\ny.ts', calls: 1 });
    const threads = [makeThread(0, { name: 'm\u001b[0m' })];
    const notInstrumented = [left('arrow', 'because\u0007')];
    const text = renderTable(makeProfile({ functions: [ROOT, evil], threads, notInstrumented } as Partial<Profile>));

    expect(text).to.not.match(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).to.contain('a\\u{a}\\u{1b}[31mb  /app/x\\u{a}y.ts:2');
  });

  it('keeps counts to the last digit', () => {
    const calls = Number.MAX_SAFE_INTEGER;
    const huge = makeProfile({ functions: [ROOT, makeFunction(1, { calls, primitiveCalls: calls - 1 })] });
    const text = renderTable(huge, { width: 40, sort: 'calls' });
    expect(text).to.contain('9007199254740991/9007199254740990');
  });

  it('refuses options out of range, saying what was expected and what came', () => {
    expect(refusal({ limit: 0 }).message).to.equal(
      "renderTable() expects 'limit' to be a whole number from 1, or 'all', got 0",
    );
    expect(refusal({ limit: 1.5 }).code).to.equal('bad-option');
    expect(refusal({ width: NaN }).message).to.contain("'width'");
    expect(refusal({ clock: 'sun' as 'wall' }).message).to.contain("'clock' to be wall or cpu, got 'sun'");
    expect(refusal({ sort: 'time' }).message).to.contain(COLUMN_IDS.join(', '));
    expect(refusal({ columns: ['name', 'time'] }).message).to.contain(COLUMN_IDS.join(', '));
    expect(refusal({ columns: [] }).code).to.equal('bad-option');
  });
});
