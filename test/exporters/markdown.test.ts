// renderMarkdown(): what it says, and that a Markdown reader (marked) finds tables with our names in them, whatever they hold.
import { expect } from 'chai';
import fc from 'fast-check';
import { Marked } from 'marked';
import type { Token, Tokens } from 'marked';
import { EverycallError } from '../../src/errors.ts';
import { renderMarkdown } from '../../src/exporters/markdown.ts';
import { printable } from '../../src/exporters/text-width.ts';
import {
  makeFunction,
  makeProcess,
  makeProfile,
  makeThread,
  profileOfSpans,
  ROOT,
  withoutCpu,
} from '../support/profiles.ts';

const marked = new Marked({ gfm: true });
const tablesOf = (text: string) => marked.lexer(text).filter((token): token is Tokens.Table => token.type === 'table');

/** What a reader sees of a cell: the text of its one code span, or the plain text. */
function seen({ tokens }: { tokens: Token[] }): string {
  expect(tokens.length).to.be.at.most(1);
  const [token] = tokens as Tokens.Generic[];
  if (token === undefined) return '';
  expect(token.type).to.be.oneOf(['codespan', 'text']);
  return token.text as string;
}
const cellsOf = (table: Tokens.Table) => table.rows.map((row) => row.map(seen));

const functions = (n: number, fields: (i: number) => object = () => ({})) => [
  ROOT,
  ...Array.from({ length: n }, (_, i) =>
    makeFunction(i + 1, {
      calls: i + 1,
      primitiveCalls: i + 1,
      selfWallNs: 1e6 * (i + 1),
      selfCpuNs: 1e6 * (n - i),
      ...fields(i),
    }),
  ),
];

describe('renderMarkdown()', () => {
  it('is a headline and a table', () => {
    const profile = profileOfSpans([[['main', 1_000, ['parse', 2_500_000, ['next', 750_000]], ['next', 12_000]]]]);
    expect(renderMarkdown(profile, { cwd: '/app' })).to.equal(
      [
        'everycall: 1 session, 1.000 s; 1 thread; exact precision; wall time',
        '',
        '| function | where | calls | self | self% | total |',
        '| :-- | :-- | --: | --: | --: | --: |',
        '| `parse` | `main.js:3` | 1 | 2.500 ms | 76.6% | 3.250 ms |',
        '| `next` | `main.js:4` | 2 | 762.0 µs | 23.4% | 762.0 µs |',
        '| `main` | `main.js:2` | 1 | 1.000 µs | <0.1% | 3.263 ms |',
        '',
      ].join('\n'),
    );
  });

  it('says first what was dropped', () => {
    const dropped = { ...makeProfile().dropped, edgeCalls: 3 };
    const text = renderMarkdown(makeProfile({ dropped, functions: functions(1) }));
    expect(text.split('\n')[0]).to.equal(
      "**dropped: 3 calls whose caller found no room (counted, caller '(overflow)')**",
    );
    const [first] = marked.lexer(text) as Tokens.Paragraph[];
    expect(first.tokens.map(({ type }) => type)).to.deep.equal(['strong']);
  });

  it('shows ten functions unless told otherwise, and what the others took', () => {
    const profile = makeProfile({ functions: functions(12) });
    const text = renderMarkdown(profile);
    expect(cellsOf(tablesOf(text)[0]).map(([name]) => name)).to.deep.equal(
      Array.from({ length: 10 }, (_, i) => `f${12 - i}`),
    );
    expect(text).to.contain('\n… and 2 more functions, 3.8% of self time\n'); // (1 + 2) / 78
    expect(
      cellsOf(tablesOf(renderMarkdown(profile, { limit: 3, sort: 'calls:asc' }))[0]).map(([name]) => name),
    ).to.deep.equal(['f1', 'f2', 'f3']);
    expect(renderMarkdown(profile, { limit: 12 })).to.not.contain('more function');
  });

  it('goes by CPU time if asked, where there is a clock for it', () => {
    const profile = makeProfile({ functions: functions(3) });
    const cpu = renderMarkdown(profile, { clock: 'cpu' });
    expect(cpu).to.contain('; CPU time\n');
    expect(cellsOf(tablesOf(cpu)[0]).map(([name, , , self]) => [name, self])).to.deep.equal([
      ['f1', '3.000 ms'],
      ['f2', '2.000 ms'],
      ['f3', '1.000 ms'],
    ]);
    expect(renderMarkdown(withoutCpu(profile), { clock: 'cpu' })).to.equal(renderMarkdown(withoutCpu(profile)));
    expect(renderMarkdown(withoutCpu(profile))).to.contain('; wall time\n');
  });

  it('has columns for awaits, errors and recursion where there are any', () => {
    const profile = makeProfile({
      functions: functions(2, (i) => (i === 0 ? { awaitNs: 7e6, errors: 3, calls: 9 } : {})),
    });
    const [table] = tablesOf(renderMarkdown(profile));
    expect(table.header.map(({ text }) => text).slice(-3)).to.deep.equal(['total', 'await', 'errors']);
    expect(cellsOf(table)[1].slice(-2)).to.deep.equal(['7.000 ms', '3']);
    expect(cellsOf(table)[1][2]).to.equal('9/1');
  });

  it('lists threads where there are several, with their process where there are several, and tags', () => {
    const profile = makeProfile({
      processes: [makeProcess(), makeProcess({ pid: 4712 })],
      threads: [makeThread(0, { wallNs: 1e6 }), makeThread(1, { process: 1, name: 'a|b', wallNs: 2e6, calls: 5 })],
      tags: [
        { id: 0, name: 'GET /', wallNs: 1e3, cpuNs: 0, calls: 1 },
        { id: 1, name: '标签', wallNs: 2e3, cpuNs: 0, calls: 2 },
      ],
      functions: functions(1),
    });
    const [, threads, tags] = tablesOf(renderMarkdown(profile)).map(cellsOf);
    expect(threads).to.deep.equal([
      ['a|b', '4712', '5', '2.000 ms'],
      ['main', '4711', '0', '1.000 ms'],
    ]);
    expect(tags).to.deep.equal([
      ['标签', '2', '2.000 µs'],
      ['GET /', '1', '1.000 µs'],
    ]);
    expect(renderMarkdown(profile, { limit: 1 }))
      .to.contain('… and 1 more thread\n')
      .and.contain('… and 1 more tag\n');
    expect(tablesOf(renderMarkdown(makeProfile({ functions: functions(1) })))).to.have.length(1);
  });

  it('gives any name back from its cell, and lets none be markup', () => {
    const character = fc.constantFrom(...'|`\\<>*_~[]()!#@&;$ \n\r\u202ea解x'.split(''));
    const odd = fc.oneof(
      fc.string({ unit: character, minLength: 1, maxLength: 12 }),
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        'a\\|b',
        '`',
        '``|``',
        '\\',
        ' x ',
        '<img src=x>',
        '@someone',
        '#12',
        'http://x.example',
        '&lt;',
        '   ',
      ),
    );
    fc.assert(
      fc.property(odd, odd, (name, other) => {
        const profile = makeProfile({
          threads: [makeThread(0), makeThread(1, { name: other })],
          functions: functions(2, (i) => ({ name: i === 0 ? name : other, file: `/a/${other}.js` })),
        });
        const [table, threads] = tablesOf(renderMarkdown(profile));
        // A pipe behind a backslash is written as its code; a reader trims a cell that is all space.
        const shown = (text: string) => printable(text).replaceAll('\\|', '\\\\u{7c}');
        const cells = cellsOf(table);
        expect(cells.map((row) => row.length)).to.deep.equal([6, 6]);
        expect(cells.map(([cell]) => cell)).to.deep.equal([other, name].map(shown));
        expect(cells[0][1].startsWith(shown(`/a/${other}.js`))).to.equal(true);
        expect(cellsOf(threads).map(([cell]) => cell)).to.include(shown(other));
      }),
    );
  });

  it('shortens names that are too long for a comment', () => {
    const long = 'x'.repeat(300);
    const profile = makeProfile({ functions: functions(1, () => ({ name: long, file: `/${long}/a.js` })) });
    const [[name, place]] = cellsOf(tablesOf(renderMarkdown(profile))[0]);
    expect(name).to.have.length(60);
    expect(place)
      .to.have.length(60)
      .and.match(/^….*\/a\.js:2$/);
  });

  it('says so where nothing was recorded', () => {
    expect(renderMarkdown(makeProfile())).to.equal(
      'everycall: nothing recorded (1 session, 1.000 s; 1 thread; exact precision)\n',
    );
  });

  it('refuses options that are none', () => {
    const refused = (options: object, message: string) =>
      expect(() => renderMarkdown(makeProfile(), options)).to.throw(EverycallError, message);
    refused({ limit: 0 }, "renderMarkdown() expects 'limit' to be a whole number from 1, got 0");
    refused({ limit: 1.5 }, 'got 1.5');
    refused({ clock: 'x' }, "renderMarkdown() expects 'clock' to be wall or cpu, got 'x'");
    refused({ sort: 'colour' }, 'expected a column');
  });
});
