// Reports of differences: what they say, that they keep within the width, and that foreign readers take them.
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { Marked } from 'marked';
import type { Tokens } from 'marked';
import { EverycallError } from '../../src/errors.ts';
import { renderDiffJson } from '../../src/exporters/diff-json.ts';
import { renderDiffMarkdown } from '../../src/exporters/diff-markdown.ts';
import { renderDiffTable } from '../../src/exporters/diff-table.ts';
import { displayWidth } from '../../src/exporters/text-width.ts';
import { diff } from '../../src/statistics/diff.ts';
import { DIFF_COLUMN_IDS, parseDiffSort, sortEdgeDiffs, sortFunctionDiffs } from '../../src/statistics/diff-sort.ts';
import type { FunctionDiff } from '../../src/statistics/profile-diff.ts';
import { anyProfile } from '../support/any-profile.ts';
import { makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';

const before = profileOfSpans([
  [
    ['main', 1e6, ['parse', 5e6], ['old', 2e6]],
    ['steady', 1e6],
  ],
]);
const after = profileOfSpans([
  [
    ['main', 1.01e6, ['parse', 5e6], ['parse', 7e6], ['neu', 9e6]],
    ['steady', 1e6],
  ],
]);
const sample = diff(before, after);
const nothing = diff(before, before);
const EXACT = { factor: 0, minNs: 0, minRelative: 0 };
const nameOf = (row: FunctionDiff) => (row.after ?? row.before)!.name;

const RENDERERS = { renderDiffTable, renderDiffMarkdown, renderDiffJson };

describe('renderDiffTable()', () => {
  it('shows sums, functions and edges, the largest increase first', () => {
    expect(renderDiffTable(sample, { cwd: '/app', width: 120 }).split('\n')).to.deep.equal([
      '2 functions changed, 1 added, 1 removed; 1 the same',
      '2 edges changed, 1 added, 1 removed; 1 the same',
      'calls 4 → 5 (+25.0%); self wall 9.000 ms → 23.01 ms (+155.7%); self cpu 9.000 ms → 23.01 ms (+155.7%)',
      '',
      'change   name   location     calls  ±calls  selfWall          ±selfWall           ±selfCpu  totalWall         ±totalWall',
      'added    neu    main.js:4:1      1      +1  9.000 ms  +9.000 ms          +9.000 ms           9.000 ms  +9.000 ms',
      'changed  parse  main.js:3        2      +1  12.00 ms  +7.000 ms +140.0%  +7.000 ms +140.0%   12.00 ms  +7.000 ms +140.0%',
      'changed  main   main.js:2        1          1.010 ms          ≈                  ≈           22.01 ms  +14.01 ms +175.1%',
      'removed  old    main.js:4:1      0      -1         0  -2.000 ms -100.0%  -2.000 ms -100.0%          0  -2.000 ms -100.0%',
      '',
      'change   caller → callee     calls  ±calls  selfWall          ±selfWall           ±selfCpu  totalWall         ±totalWall',
      'added    main → neu              1      +1  9.000 ms  +9.000 ms          +9.000 ms           9.000 ms  +9.000 ms',
      'changed  main → parse            2      +1  12.00 ms  +7.000 ms +140.0%  +7.000 ms +140.0%   12.00 ms  +7.000 ms +140.0%',
      'changed  (event lo…) → main      1          1.010 ms          ≈                  ≈           22.01 ms  +14.01 ms +175.1%',
      'removed  main → old              0      -1         0  -2.000 ms -100.0%  -2.000 ms -100.0%          0  -2.000 ms -100.0%',
      '',
      '≈: no more than chance explains (within 3 standard errors, 5 %, 100.0 µs, whichever is the most)',
      '',
    ]);
  });

  it('says of no difference that there is none', () => {
    expect(renderDiffTable(nothing)).to.equal(
      '4 functions are the same\n4 edges are the same\ncalls 4; self wall 9.000 ms; self cpu 9.000 ms\n',
    );
    expect(renderDiffTable(diff(makeProfile(), makeProfile()))).to.contain('0 functions are the same');
  });

  it('keeps within the width, whatever names there are', () => {
    fc.assert(
      fc.property(anyProfile(), anyProfile(), fc.integer({ min: 60, max: 150 }), (a, b, width) => {
        const text = renderDiffTable(diff(a, b, EXACT), { width, limit: 'all' });
        for (const line of text.split('\n')) expect(displayWidth(line), line).to.be.at.most(width);
      }),
    );
  });

  it('adds nothing but colours when they are asked for', () => {
    const colored = renderDiffTable(sample, { color: true });
    expect(colored).to.contain('\u001b[');
    expect(stripVTControlCharacters(colored)).to.equal(renderDiffTable(sample));
  });

  it('shows at most the limit, and says how many more there are', () => {
    const text = renderDiffTable(sample, { limit: 1 });
    expect(text).to.contain('neu').and.to.contain('… and 3 more functions').and.to.contain('… and 3 more edges');
    expect(text).to.not.contain('removed  old');
  });

  it('has no CPU columns where a profile has no CPU times', () => {
    expect(renderDiffTable(diff(withoutCpu(before), after))).to.not.match(/cpu/i);
  });

  it('shows errors and a growth of many times', () => {
    const side = (calls: number, errors: number, selfWallNs: number) =>
      makeProfile({ functions: [ROOT, makeFunction(1, { calls, errors, selfWallNs })] });
    const text = renderDiffTable(diff(side(1, 0, 1e6), side(1, 2, 2e7)));
    expect(text).to.contain('±errors').and.to.contain('+2').and.to.contain('×20.0').and.to.contain('errors 0 → 2');
  });

  it('refuses a width that is none', () => {
    expect(() => renderDiffTable(sample, { width: NaN })).to.throw(
      EverycallError,
      "'width' to be a number from 0, got NaN",
    );
  });
});

describe('renderDiffMarkdown()', () => {
  const tablesOf = (text: string) =>
    new Marked({ gfm: true }).lexer(text).filter((token): token is Tokens.Table => token.type === 'table');

  it('is a headline, sums and two tables', () => {
    expect(renderDiffMarkdown(diff(before, after), { cwd: '/app', limit: 2 }).split('\n')).to.deep.equal([
      'everycall: 2 functions changed, 1 added, 1 removed; 1 the same; 2 edges changed, 1 added, 1 removed; 1 the same',
      '',
      'calls 4 → 5 (+25.0%); self wall 9.000 ms → 23.01 ms (+155.7%); self cpu 9.000 ms → 23.01 ms (+155.7%)',
      '',
      '| change | function | where | calls | ± calls | self | ± self | total | ± total |',
      '| :-- | :-- | :-- | --: | --: | --: | --: | --: | --: |',
      '| added | `neu` | `main.js:4` | 1 | +1 | 9.000 ms | +9.000 ms | 9.000 ms | +9.000 ms |',
      '| changed | `parse` | `main.js:3` | 2 | +1 | 12.00 ms | +7.000 ms (+140.0%) | 12.00 ms | +7.000 ms (+140.0%) |',
      '',
      '… and 2 more functions',
      '',
      '| change | caller → callee | calls | ± calls | self | ± self | total | ± total |',
      '| :-- | :-- | --: | --: | --: | --: | --: | --: |',
      '| added | `main → neu` | 1 | +1 | 9.000 ms | +9.000 ms | 9.000 ms | +9.000 ms |',
      '| changed | `main → parse` | 2 | +1 | 12.00 ms | +7.000 ms (+140.0%) | 12.00 ms | +7.000 ms (+140.0%) |',
      '',
      '… and 2 more edges',
      '',
    ]);
    expect(renderDiffMarkdown(nothing).split('\n')[0]).to.equal(
      'everycall: 4 functions are the same; 4 edges are the same',
    );
    expect(renderDiffMarkdown(sample)).to.contain('≈: no more than chance explains');
  });

  it('has all rows and figures for a Markdown reader, whatever the names hold', () => {
    const names = ['a|b', '`x`', '<b>', 'größe😀', '*'];
    const profile = makeProfile({
      functions: [ROOT, ...names.map((name, i) => makeFunction(i + 1, { name, file: 'C:\\app\\x.js', calls: 1 }))],
    });
    const [table] = tablesOf(renderDiffMarkdown(diff(makeProfile(), profile)));
    const seen = table.rows.map(([, cell]) => (cell.tokens[0] as Tokens.Codespan).text);
    expect(seen).to.have.members(names);
    expect(table.rows.map(([, , where]) => (where.tokens[0] as Tokens.Codespan).text)[0]).to.match(
      /^C:\/app\/x\.js:\d$/,
    );
    for (const row of table.rows) expect(row).to.have.length(9);
  });
});

describe('renderDiffJson()', () => {
  it('holds all of the difference', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), anyProfile(), (a, b) => {
        const given = diff(a, b, EXACT);
        const read = JSON.parse(renderDiffJson(given)) as object;
        // JSON knows no -0.
        const plain = JSON.parse(JSON.stringify(given)) as object;
        expect(read).to.deep.equal({ format: 'everycall.diff', formatVersion: 1, ...plain });
      }),
    );
  });

  it('is one line, or indented', () => {
    expect(renderDiffJson(sample).trimEnd()).to.not.contain('\n');
    expect(renderDiffJson(sample, { indent: 2, limit: 1 })).to.contain('\n  "format": "everycall.diff",\n');
    expect((JSON.parse(renderDiffJson(sample, { limit: 1 })) as { functions: object[] }).functions).to.have.length(1);
  });
});

describe('sortFunctionDiffs() and sortEdgeDiffs()', () => {
  for (const column of DIFF_COLUMN_IDS) {
    it(`order by ${column} both ways`, () => {
      fc.assert(
        fc.property(anyProfile({ cpu: true }), anyProfile({ cpu: true }), (a, b) => {
          const { functions, edges } = diff(a, b, EXACT);
          const valueOf = (row: FunctionDiff): string | number => {
            const { name, file, line } = (row.after ?? row.before)!;
            const values = {
              name: name.toLowerCase(),
              location: `${file}:${line}`,
              calls: row.calls.absolute,
              errors: row.errors.absolute,
              selfWall: row.selfWallNs.absolute,
              selfCpu: row.selfCpuNs!.absolute,
              totalWall: row.totalWallNs.absolute,
              totalCpu: row.totalCpuNs!.absolute,
            };
            return values[column];
          };
          const up = sortFunctionDiffs(functions, { column, order: 'asc' }).map(valueOf);
          const down = sortFunctionDiffs(functions, { column, order: 'desc' }).map(valueOf);
          expect(down).to.deep.equal(up.toReversed());
          for (let i = 1; i < up.length; i++) expect(up[i] >= up[i - 1]).to.equal(true);
          const sorted = sortEdgeDiffs(edges, { column, order: 'desc' });
          expect(sorted).to.have.members([...edges]);
          if (column === 'calls') {
            const calls = sorted.map((edge) => edge.calls.absolute);
            expect(calls).to.deep.equal(calls.toSorted((x, y) => y - x));
          }
        }),
        { numRuns: 30 },
      );
    });
  }

  it('refuses columns that a difference does not have, in all reports', () => {
    expect(() => parseDiffSort('open')).to.throw(EverycallError, `(${DIFF_COLUMN_IDS.join(', ')}), got 'open'`);
    for (const [name, render] of Object.entries(RENDERERS)) {
      expect(() => render(sample, { sort: 'open' })).to.throw(EverycallError, "got 'open'");
      expect(() => render(sample, { limit: 0 })).to.throw(
        EverycallError,
        `${name}() expects 'limit' to be a whole number`,
      );
      expect(() => render(sample, { sort: 'calls:asc', limit: 'all' })).to.not.throw();
    }
    const byCalls = sortFunctionDiffs(sample.functions, parseDiffSort('calls:asc'));
    expect(byCalls.map(nameOf)[0]).to.equal('old');
  });
});
