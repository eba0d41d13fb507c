// The page as text.
import { expect } from 'chai';
import fc from 'fast-check';
import { HELP, HINTS } from '../../../src/cli/top/help.ts';
import { parseTopSort } from '../../../src/cli/top/sort.ts';
import { initialState, settled, type TopState } from '../../../src/cli/top/state.ts';
import { listHeight, pageLines, printedLines, rowsOf, type Shot } from '../../../src/cli/top/view.ts';
import { displayWidth } from '../../../src/exporters/text-width.ts';
import { nameOf, shotOf } from './followed.ts';

const STATE = initialState(parseTopSort('selfWall'));

const plain = (line: string) => line.replace(/\u001b\[[\d;]*m/g, '');

function page(shot: Shot, state: TopState, width: number, height: number, color = false): string[] {
  const size = { width, height };
  const shown = { keys: rowsOf(shot, state).keys, height: listHeight(shot, state, size) };
  return pageLines(shot, settled(state, shown), size, color);
}

describe('pageLines()', () => {
  it('shows what the process does', () => {
    const lines = page(shotOf(['parse', 'render']), STATE, 100, 9);
    expect(lines.map((line) => plain(line).trimEnd())).to.deep.equal([
      `${'4711 server.ts --port 80'.padEnd(65)} up 1 min, profiling (adaptive, 3%)`,
      '10.0 calls/s · 1 thread · 2 functions, 2 active',
      'functions of all threads',
      'calls/s  selfCpu  selfWall*  totalCpu  totalWall    await     open  errors/s  name    location',
      '   10.0      n/a      50.0%       n/a          0        0        0         0  parse   src/a.ts:1',
      '   20.0      n/a      25.0%       n/a          0        0        0         0  render  src/a.ts:2',
      ...['', ''],
      HINTS,
    ]);
  });

  it('has as many lines as the terminal and none that is wider, whatever functions are called', () => {
    const name = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constant('日本語の関数'.repeat(9)));
    const list = fc.constantFrom('functions' as const, 'threads' as const, 'edges' as const);
    const states = fc.record({
      list,
      isHelp: fc.boolean(),
      filters: fc.constantFrom('', 'a').map((text) => ({ functions: text, threads: text, edges: text })),
      prompt: fc.constantFrom(null, { of: 'save' as const, text: '長い名前'.repeat(30), before: '' }),
      message: fc.constantFrom('', 'saved\u001b[31m'),
      selected: fc.constantFrom(null, 'functions:9'),
    });
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 30 }),
        states,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 30 }),
        fc.boolean(),
        (names, state, width, height, color) => {
          const edges = { of: names[0] ?? 'f', rows: [] };
          const lines = page(shotOf(names, { edges }), { ...STATE, ...state }, width, height, color);
          expect(lines.length).to.equal(height);
          for (const line of lines) {
            expect(displayWidth(plain(line)), line).to.be.at.most(width);

            expect(plain(line), 'nothing that a terminal acts on').to.not.match(/[\u0000-\u001f\u007f-\u009f]/);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('fits in little', () => {
    for (const width of [1, 10, 20, 40, 60]) {
      const lines = page(shotOf(['parse', '解析器']), STATE, width, 10);
      for (const line of lines) expect(displayWidth(plain(line)), `${width}: ${line}`).to.be.at.most(width);
    }
    const narrow = page(shotOf(['parse']), STATE, 50, 9).map(plain);
    expect(narrow[3], 'what matters least has gone').to.match(/^calls\/s +selfWall\*.*name/);
  });

  it('has no colours unless asked, and marks the selected row in any case', () => {
    const names = ['a', 'b', 'c'];
    const selected = { ...STATE, selected: 'functions:1' };
    const lines = page(shotOf(names), selected, 80, 9);
    const codes = (text: string) => [...text.matchAll(/\u001b\[(\d+)m/g)].map(([, code]) => code);
    expect(codes(lines.join(''))).to.deep.equal(['7', '0', '7', '0']);
    expect(codes(lines[5]), 'b').to.deep.equal(['7', '0']);
    expect(codes(page(shotOf(names), selected, 80, 9, true)[3]), 'titles').to.deep.equal(['1', '0']);
  });

  it('scrolls to the selected row', () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const lines = page(shotOf(names), { ...STATE, selected: 'functions:19' }, 100, 10).map(plain);
    expect(lines[8]).to.contain('f19');
    expect(lines[4]).to.contain('f15');
  });

  it('says what holds a thread, what was dropped, and that it is all over', () => {
    const shot = shotOf(['a']);
    const [row] = shot.moment.threads;
    const thread = { ...row.thread, state: 'running' as const, blockedForNs: 2.5e9 };
    const moment = {
      ...shot.moment,
      dropped: { ...shot.moment.dropped, deepCalls: 3 },
      threads: [{ ...row, thread, outermost: nameOf('handler', 0) }],
    };
    const text = page({ ...shot, moment, isGone: true }, STATE, 120, 12).map(plain);
    expect(text[0]).to.match(/up 1 min, ended$/);
    expect(text[2]).to.equal('main held for 2.500 s by handler');
    expect(text[4]).to.equal('dropped: 3 calls deeper than the stack (counted, not timed)');
    expect(text.at(-1)).to.equal('the process has ended: any key leaves');
  });

  it('says what is typed, what was done and which keys there are', () => {
    const foot = (state: Partial<TopState>) => page(shotOf(['a']), { ...STATE, ...state }, 80, 30).at(-1);
    expect(foot({ prompt: { of: 'filter', text: 'par', before: '' } })).to.equal('filter: par_');
    expect(foot({ message: 'saved p.html' })).to.equal('saved p.html');
    expect(page(shotOf(['a']), { ...STATE, isHelp: true }, 80, 40).join('\n')).to.contain(HELP.join('\n'));
    for (const line of [...HELP, HINTS]) expect(line.length).to.be.at.most(80);
  });

  it('says why there is nothing', () => {
    const text = (state: Partial<TopState>, shot = shotOf([])) => page(shot, { ...STATE, ...state }, 80, 12).join('\n');
    expect(text({})).to.contain('nothing has been called yet');
    expect(text({ filters: { ...STATE.filters, functions: 'xyz' } }, shotOf(['a']))).to.contain("nothing with 'xyz'");
    expect(text({ list: 'edges' })).to.contain('asking');
    const { moment } = shotOf([]);
    expect(text({}, shotOf([], { moment: { ...moment, isRunning: false } }))).to.contain('s starts');
  });

  it('shows callers before callees', () => {
    const figures = { calls: 3, selfWallNs: 1, selfCpuNs: 1, totalWallNs: 1, totalCpuNs: 1, awaitNs: 0 };
    const rows = (['callee', 'caller'] as const).map((side, id) => ({
      ...{ side, fn: nameOf(`${side}Function`, id), figures: { id, ...figures }, rates: null },
    }));
    const lines = page(shotOf([], { edges: { of: 'parse', rows } }), { ...STATE, list: 'edges' }, 120, 9).map(plain);
    expect(lines[2]).to.equal('callers and callees of parse, all threads');
    expect(lines[4]).to.match(/^caller .*callerFunction +src\/a\.ts:2 *$/);
    expect(lines[5]).to.match(/^callee .*calleeFunction +src\/a\.ts:1$/);
  });
});

describe('printedLines()', () => {
  it('is as long as it has to be, and says what it leaves out', () => {
    const lines = printedLines(shotOf(['a', 'b', 'c']), { ...STATE, limit: 2 }, 120, false);
    expect(lines).to.have.length(8);
    expect(lines.slice(3, 5)[1]).to.match(/^calls\/s/);
    expect(lines.at(-1)).to.equal('… and 1 more');
    expect(lines.join('')).to.not.contain('\u001b');
  });
});
