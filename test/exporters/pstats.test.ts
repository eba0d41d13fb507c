// renderPstats(): against Python's own pstats, and byte by byte.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import { MarshalWriter } from '../../src/exporters/marshal.ts';
import { renderPstats } from '../../src/exporters/pstats.ts';
import type { PstatsOptions } from '../../src/exporters/pstats.ts';
import type { Profile } from '../../src/profile.ts';
import { anyProfile } from '../support/any-profile.ts';
import { EMPTY, FLAT, RECURSIVE, VARIED, WINDOWS_PATH } from '../support/exported-profiles.ts';
import { makeEdge, makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';
import type { Span } from '../support/profiles.ts';
import { hasTool } from '../support/tools.ts';

const text = new TextEncoder();

/** Bytes from pieces: texts and numbers as they are, `[n]` for an int32, `{ n }` for a double. */
function bytes(...pieces: (string | [int32: number] | { double: number })[]): number[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === 'string') return [...text.encode(piece)];
    const buffer = Buffer.alloc(Array.isArray(piece) ? 4 : 8);
    if (Array.isArray(piece)) buffer.writeInt32LE(piece[0]);
    else buffer.writeDoubleLE(piece.double);
    return [...buffer];
  });
}

describe('renderPstats()', () => {
  it('writes exactly this', () => {
    const a = { name: 'é', line: 5, calls: 3, primitiveCalls: 2, selfWallNs: 15e8, totalWallNs: 25e8 };
    const edge = { calls: 3, primitiveCalls: 2, selfWallNs: 15e8, totalWallNs: 25e8 };
    const profile = makeProfile({ functions: [ROOT, makeFunction(1, a)], edges: [makeEdge(0, 1, edge)] });
    const root = ['(', [3], 'u', [1], '~', 'i', [0], 'u', [12], '(event loop)'] as const;
    const zero = ['i', [0], 'i', [0], 'g', { double: 0 }, 'g', { double: 0 }] as const;
    expect([...renderPstats(profile)]).to.deep.equal(
      bytes(
        ...(['{', ...root, '(', [5], ...zero, '{', '0'] as string[]),
        ...[
          '(',
          [3] as [number],
          'u',
          [12] as [number],
          '/app/main.js',
          'i',
          [5] as [number],
          'u',
          [2] as [number],
          'é',
        ],
        ...[
          '(',
          [5] as [number],
          'i',
          [2] as [number],
          'i',
          [3] as [number],
          'g',
          { double: 1.5 },
          'g',
          { double: 2.5 },
        ],
        ...(['{', ...root, '(', [4], 'i', [3], 'i', [2], 'g', { double: 1.5 }, 'g', { double: 2.5 }] as string[]),
        ...['0', '0'],
      ),
    );
  });

  it('refuses clocks it does not know, and CPU times where there are none', () => {
    expect(() => renderPstats(EMPTY, { clock: 'moon' as never }))
      .to.throw(EverycallError, "renderPstats() expects 'clock' to be wall or cpu, got 'moon'")
      .with.property('code', 'bad-option');
    expect(() => renderPstats(withoutCpu(EMPTY), { clock: 'cpu' }))
      .to.throw(EverycallError, "renderPstats() expects 'clock' to be wall, the only one in this profile, got 'cpu'")
      .with.property('code', 'bad-option');
  });

  describe('read by Python (needs python3)', function () {
    let folder: string;
    before(function () {
      if (!hasTool('python3')) this.skip();
      folder = mkdtempSync(join(tmpdir(), 'everycall-pstats-'));
    });
    after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

    function python(program: string, ...files: Uint8Array[]): string {
      const paths = files.map((_, i) => join(folder, `${i}.prof`));
      paths.forEach((path, i) => writeFileSync(path, files[i]));
      const { stdout, stderr, status } = spawnSync('python3', ['-c', program, ...paths], {
        encoding: 'utf8',
        env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1' },
      });
      expect(status, stderr).to.equal(0);
      return stdout;
    }

    type Row = [primitive: number, calls: number, self: number, total: number, callers: Record<string, number[]>];

    /** The table that pstats has of each file, and its sums. Keys are `file|line|name`. One Python for all: it starts slowly. */
    function loadedEach(files: readonly Uint8Array[], added = false): { rows: Record<string, Row>; sums: number[] }[] {
      const program = `
import json, pstats, sys
added = ${added ? 'True' : 'False'}
key = lambda k: '|'.join(map(str, k))
def table(path, *others):
    stats = pstats.Stats(path)
    stats.add(*others)
    rows = {key(k): [*v[:4], {key(c): f for c, f in v[4].items()}] for k, v in stats.stats.items()}
    return dict(rows=rows, sums=[stats.total_calls, stats.prim_calls, stats.total_tt])
print(json.dumps([table(*sys.argv[1:])] if added else [table(path) for path in sys.argv[1:]]))`;
      return JSON.parse(python(program, ...files)) as { rows: Record<string, Row>; sums: number[] }[];
    }

    /** The same of all files added up by pstats. */
    const loaded = (...files: Uint8Array[]) => loadedEach(files, true)[0];

    function report(call: string, ...files: Uint8Array[]): string {
      return python(
        `import pstats, sys; stats = pstats.Stats(*sys.argv[1:]); stats.sort_stats('name'); stats.${call}`,
        ...files,
      ).replaceAll(/ +$/gm, '');
    }

    /** The table by a plain walk over the profile's rows. */
    function expected(profile: Profile, nameOf: (id: number) => string, clock: 'wall' | 'cpu' = 'wall') {
      const times = (row: Profile['edges'][number] | Profile['functions'][number]) =>
        clock === 'wall'
          ? [row.selfWallNs / 1e9, row.totalWallNs / 1e9]
          : [row.selfCpuNs! / 1e9, row.totalCpuNs! / 1e9];
      const rows: Record<string, unknown[]> = {};
      for (const fn of profile.functions) {
        if (fn.parts.length === 0 && fn.kind !== 'root') continue;
        const callers: Record<string, number[]> = {};
        for (const edge of profile.edges.filter(({ callee }) => callee === fn.id)) {
          callers[nameOf(edge.caller)] = [edge.calls, edge.primitiveCalls, ...times(edge)];
        }
        rows[nameOf(fn.id)] = [fn.primitiveCalls, fn.calls, ...times(fn), callers];
      }
      return rows;
    }

    /** `file|line|name`; with the column where a line has several of the name. */
    const namesOf = (profile: Profile) => (id: number) => {
      const { file, line, column, name } = profile.functions[id];
      if (file === '') return `~|0|${name}`;
      const alike = profile.functions.filter((fn) => fn.file === file && fn.line === line && fn.name === name);
      return `${file.replaceAll('\\', '/')}|${line}|${name}${alike.length > 1 ? `:${column + 1}` : ''}`;
    };

    type Case = [profile: Profile, options?: PstatsOptions, nameOf?: (id: number) => string];
    const agree = (...cases: Case[]) => {
      const tables = loadedEach(cases.map(([profile, options]) => renderPstats(profile, options)));
      cases.forEach(([profile, options, nameOf = namesOf(profile)], i) => {
        const { rows, sums } = tables[i];
        expect(rows).to.deep.equal(expected(profile, nameOf, options?.clock));
        const sum = (of: (row: Row) => number) => Object.values(rows).reduce((total, row) => total + of(row), 0);
        expect(sums.slice(0, 2)).to.deep.equal([sum((row) => row[1]), sum((row) => row[0])]);
        expect(sums[2]).to.be.closeTo(
          sum((row) => row[2]),
          1e-9,
        );
      });
    };

    const VARIED_NAMES = [
      '~|0|(event loop)',
      '/app/main.js|3|main loop (outer)',
      `${WINDOWS_PATH}|7|解析 <T>.[Symbol.iterator]`,
      '/app/a.js|5|handler:3',
      '/app/a.js|5|handler:41',
      '/app/a.js|9|handler',
      '/app/b.js|5|handler',
      'node:fs|0|readFileSync',
    ];

    it('has every figure, of either clock', () => {
      const variedName = (id: number) => VARIED_NAMES[id];
      agree(
        [FLAT],
        [FLAT, { clock: 'cpu' }],
        [VARIED, {}, variedName],
        [VARIED, { clock: 'cpu' }, variedName],
        [withoutCpu(FLAT)],
        [RECURSIVE],
      );
    });

    it('shows recursion as Python does: all calls, then the primitive ones', () => {
      const seconds = ([name, ns, ...callees]: Span): Span => [name, ns * 1e9, ...callees.map(seconds)];
      const profile = profileOfSpans([[seconds(['fib', 1, ['fib', 2, ['fib', 3]], ['fib', 4]])]]);
      expect(report('print_stats()', renderPstats(profile)))
        .to.match(/^ +4 function calls \(1 primitive calls\) in 10\.000 seconds$/m)
        .and.to.match(/^ +4\/1 +10\.000 +2\.500 +10\.000 +10\.000 \/app\/main\.js:2\(fib\)$/m);
      expect(report('print_callers()', renderPstats(profile)))
        .to.match(/ 1 +1\.000 +10\.000 +\(event loop\)$/m)
        .and.to.match(/ 3\/0 +9\.000 +\d+\.000 +\/app\/main\.js:2\(fib\)$/m);
    });

    it('adds up with others of its kind, as in pstats', () => {
      // Scenario: a calls d twice, b calls d once, c calls nobody; each run is a file of its own.
      const run = (...spans: Span[]): Uint8Array => {
        const names = ['a', 'b', 'c', 'd'];
        const made = profileOfSpans([spans]);
        const functions = made.functions.map((fn) =>
          fn.id === 0 ? fn : { ...fn, line: names.indexOf(fn.name) + 1, file: '/app/s.js' },
        );
        return renderPstats({ ...made, functions });
      };
      const s = 1e9;
      const a: Span = ['a', 10 * s, ['d', 2 * s]];
      const { rows, sums } = loaded(run(a), run(a), run(['b', 5 * s, ['d', 2 * s]]), run(['c', 5 * s]));
      expect(rows['/app/s.js|1|a'].slice(0, 4)).to.deep.equal([2, 2, 20, 24]);
      expect(rows['/app/s.js|4|d']).to.deep.equal([
        3,
        3,
        6,
        6,
        { '/app/s.js|1|a': [2, 2, 4, 4], '/app/s.js|2|b': [1, 1, 2, 2] },
      ]);
      expect(sums).to.deep.equal([7, 7, 36]);
    });

    it('prints callees, and calls that have no row but in an edge', () => {
      const figures = { calls: 1, primitiveCalls: 1, selfWallNs: 1, totalWallNs: 1 };
      const profile = makeProfile({
        functions: [
          ROOT,
          makeFunction(1, { name: 'caller', parts: [] }),
          makeFunction(2, { name: 'callee', parts: [] }),
        ],
        edges: [makeEdge(1, 2, figures)],
      });
      expect(Object.keys(loaded(renderPstats(profile)).rows)).to.have.length(3);
      expect(report('print_callees()', renderPstats(profile))).to.match(
        /\(caller\) +-> +1 +0\.000 +0\.000 .*\(callee\)/,
      );
    });

    it('leaves out functions that nothing was recorded of', () => {
      const profile = makeProfile({ functions: [ROOT, makeFunction(1, { parts: [] })] });
      expect(Object.keys(loaded(renderPstats(profile)).rows)).to.deep.equal(['~|0|(event loop)']);
    });

    it('loads an empty profile, which pstats refuses if there is no row at all', () => {
      expect(loaded(renderPstats(EMPTY))).to.deep.equal({
        rows: { '~|0|(event loop)': [0, 0, 0, 0, {}] },
        sums: [0, 0, 0],
      });
    });

    it('agrees with any profile', () => {
      fc.assert(
        fc.property(fc.array(anyProfile(), { minLength: 1, maxLength: 10 }), (profiles) =>
          agree(...profiles.map((profile): Case => [profile])),
        ),
        { numRuns: 3 },
      );
    });

    it('has room for as many functions as there are', () => {
      const figures = { calls: 1, primitiveCalls: 1, selfWallNs: 1e9, totalWallNs: 1e9 };
      const many = Array.from({ length: 5000 }, (_, i) => makeFunction(i + 1, figures));
      const { rows, sums } = loaded(renderPstats(makeProfile({ functions: [ROOT, ...many] })));
      expect(Object.keys(rows)).to.have.length(5001);
      expect(rows['/app/main.js|2|f1']).to.deep.equal([1, 1, 1, 1, {}]);
      expect(sums).to.deep.equal([5000, 5000, 5000]);
    });

    it('writes any int, double and text as Python reads it', () => {
      const int = fc.oneof(
        fc.maxSafeInteger(),
        fc.integer(),
        fc.constantFrom(-(2 ** 31), -(2 ** 31) - 1, 2 ** 31 - 1, 2 ** 31, 2 ** 45, 2 ** 15),
      );
      const anyText = fc.string({ unit: 'binary' });
      const tuples = fc.tuple(
        fc.array(int),
        fc.array(fc.double({ noDefaultInfinity: true, noNaN: true })),
        fc.array(anyText),
      );
      fc.assert(
        fc.property(fc.array(tuples, { minLength: 10, maxLength: 20 }), (lists) => {
          const out = new MarshalWriter();
          const write = [(v: never) => out.int(v), (v: never) => out.float(v), (v: never) => out.text(v)];
          out.tuple(lists.length);
          for (const values of lists) {
            out.tuple(3);
            values.forEach((list, i) => {
              out.tuple(list.length);
              for (const value of list) write[i](value as never);
            });
          }
          const print = 'import json, marshal, sys; print(json.dumps(marshal.load(open(sys.argv[1], "rb"))))';
          expect(JSON.parse(python(print, out.bytes()))).to.deep.equal(lists);
        }),
        { numRuns: 2 },
      );
    });
  });
});
