// Merging: laws, what counts as the same, and worked examples.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { FunctionStats, Profile } from '../../src/profile.ts';
import { FOLDED_THREADS } from '../../src/profile.ts';
import { keyOf } from '../../src/statistics/assembly.ts';
import { merge } from '../../src/statistics/merge.ts';
import { differingSources, sharedSessions } from '../../src/statistics/overlap.ts';
import { anyProfile } from '../support/any-profile.ts';
import {
  makeEdge,
  makeFunction,
  makePart,
  makeProcess,
  makeProfile,
  makeThread,
  profileOfSpans,
  ROOT,
} from '../support/profiles.ts';
import type { Span } from '../support/profiles.ts';

/** The profile of these spans, each function where its name says: the same in each profile. */
function spans(...outermost: readonly Span[]): Profile {
  const profile = profileOfSpans([outermost]);
  return {
    ...profile,
    functions: profile.functions.map((fn) => {
      if (fn.kind === 'root') return fn;
      const placed = { ...fn, line: fn.name.charCodeAt(0) };
      return { ...placed, key: keyOf(placed) };
    }),
  };
}

const named = ({ functions }: Profile, name: string): FunctionStats => functions.find((fn) => fn.name === name)!;
const figures = (profile: Profile, name: string) => {
  const { calls, primitiveCalls, totalWallNs, selfWallNs } = named(profile, name);
  return [calls, primitiveCalls, totalWallNs, selfWallNs];
};
const edgeFigures = (profile: Profile, caller: string, callee: string) => {
  const edge = profile.edges.find(
    (each) => each.caller === named(profile, caller).id && each.callee === named(profile, callee).id,
  )!;
  return [edge.calls, edge.primitiveCalls, edge.totalWallNs, edge.selfWallNs];
};

describe('merge()', () => {
  it('does not depend on the order', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), anyProfile({ sampled: true }), (a, b) => {
        expect(merge(a, b)).to.deep.equal(merge(b, a));
      }),
    );
  });

  it('does not depend on how profiles are grouped', () => {
    fc.assert(
      fc.property(anyProfile(), anyProfile(), anyProfile(), (a, b, c) => {
        const whole = merge(a, b, c);
        expect(merge(merge(a, b), c)).to.deep.equal(whole);
        expect(merge(a, merge(b, c))).to.deep.equal(whole);
        expect(merge(c, a, b)).to.deep.equal(whole);
      }),
    );
  });

  it('of one profile only orders it, and does so once and for all', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), (profile) => {
        const ordered = merge(profile);
        expect(merge(ordered)).to.deep.equal(ordered);
        expect(ordered.functions[0].kind).to.equal('root');
        for (const fn of profile.functions) {
          const { calls, totalWallNs, selfCpuNs, durations } = fn;
          const same = ordered.functions.find(({ key }) => key === fn.key);
          expect(same).to.deep.include({ calls, totalWallNs, selfCpuNs, durations });
        }
        expect(ordered.edges).to.have.length(profile.edges.length);
        expect(ordered.stacks).to.have.length(profile.stacks.length);
      }),
    );
  });

  it('adds all figures of each function, edge, stack, thread and tag, by name', () => {
    // Recounted by texts that name a thing, without ids.
    const recount = (profile: Profile) => {
      const { functions, processes, threads, tags } = profile;
      const counts = new Map<string, number>();
      const add = (name: string, n: number) => counts.set(name, (counts.get(name) ?? 0) + n);
      const processName = (id: number) => `${processes[id].pid}/${processes[id].startedAtMs}`;
      const threadName = (id: number) =>
        id < 0
          ? `folded of ${processName(FOLDED_THREADS - id)}`
          : `${processName(threads[id].process)} ${threads[id].name} ${threads[id].state === 'folded'}`;
      const tagName = (id: number) => (id < 0 ? 'no tag' : `tag ${tags[id].name}`);
      for (const fn of functions) {
        for (const { thread, tag, calls, errors } of fn.parts) {
          add(`${fn.key} on ${threadName(thread)} under ${tagName(tag)}`, calls + 1e6 * errors);
        }
      }
      for (const { caller, callee, parts } of profile.edges) {
        for (const { thread, tag, totalWallNs } of parts) {
          add(
            `${functions[caller].key} → ${functions[callee].key} on ${threadName(thread)} under ${tagName(tag)}`,
            totalWallNs,
          );
        }
      }
      const paths: string[] = [];
      for (const { parent, fn, parts } of profile.stacks) {
        paths.push(`${parent < 0 ? '' : paths[parent]} > ${functions[fn].key}`);
        for (const { thread, tag, samples } of parts) {
          add(`${paths.at(-1)} on ${threadName(thread)} under ${tagName(tag)}`, samples);
        }
      }
      threads.forEach((thread) => add(`thread ${threadName(thread.id)}`, thread.wallNs));
      tags.forEach((tag) => add(tagName(tag.id), tag.wallNs));
      return counts;
    };
    fc.assert(
      fc.property(anyProfile(), anyProfile(), (a, b) => {
        const expected = recount(a);
        for (const [name, n] of recount(b)) expected.set(name, (expected.get(name) ?? 0) + n);
        const sorted = (counts: Map<string, number>) => [...counts].sort(([x], [y]) => (x < y ? -1 : 1));
        expect(sorted(recount(merge(a, b)))).to.deep.equal(sorted(expected));
      }),
    );
  });

  it('gives ids that are indices, and parents before their children', () => {
    fc.assert(
      fc.property(anyProfile(), anyProfile(), (a, b) => {
        const { functions, threads, tags, stacks, edges } = merge(a, b);
        for (const list of [functions, threads, tags]) list.forEach(({ id }, i) => expect(id).to.equal(i));
        stacks.forEach(({ parent }, i) => expect(parent).to.be.within(i === 0 ? -1 : 0, i - 1));
        expect(functions[stacks[0].fn].kind).to.equal('root');
        expect(new Set(edges.map(({ caller, callee }) => `${caller} ${callee}`)).size).to.equal(edges.length);
      }),
    );
  });

  it('adds two passes of a chain of nine to one of them', () => {
    const chain: Span = ['a', 1, ['b', 2, ['c', 2, ['d', 1, ['e', 2, ['f', 1, ['g', 1, ['h', 4, ['i', 1]]]]]]]]];
    const sum = merge(spans(chain, chain), spans(chain));
    const expected: Record<string, [total: number, self: number]> = {
      a: [45, 3],
      b: [42, 6],
      c: [36, 6],
      d: [30, 3],
      e: [27, 6],
      f: [21, 3],
      g: [18, 3],
      h: [15, 12],
      i: [3, 3],
    };
    let caller = '(event loop)';
    for (const [name, [total, self]] of Object.entries(expected)) {
      expect(figures(sum, name), name).to.deep.equal([3, 3, total, self]);
      expect(edgeFigures(sum, caller, name), `${caller} → ${name}`).to.deep.equal([3, 3, total, self]);
      caller = name;
    }
  });

  it('adds edges that only one profile has, and keeps apart a function of the same name elsewhere', () => {
    const aabab = spans(['a', 1, ['a', 2, ['b', 2, ['a', 1, ['b', 9]]]]]);
    const aabbc = spans(['a', 1, ['a', 2, ['b', 3, ['b', 5, ['c', 4]]]]]);
    const sum = merge(aabab, aabbc);
    expect(figures(sum, 'a')).to.deep.equal([5, 2, 30, 7]);
    expect(figures(sum, 'b')).to.deep.equal([4, 2, 24, 19]);
    expect(figures(sum, 'c')).to.deep.equal([1, 1, 4, 4]);
    expect(edgeFigures(sum, 'a', 'a')).to.deep.equal([2, 0, 28, 4]);
    expect(edgeFigures(sum, 'a', 'b')).to.deep.equal([3, 2, 24, 14]);
    expect(edgeFigures(sum, 'b', 'a')).to.deep.equal([1, 0, 10, 1]);
    expect(edgeFigures(sum, 'b', 'b')).to.deep.equal([1, 0, 9, 5]);
    expect(edgeFigures(sum, 'b', 'c')).to.deep.equal([1, 1, 4, 4]);

    const other = makeProfile({
      functions: [ROOT, makeFunction(1, { name: 'a', line: 999, calls: 1, primitiveCalls: 1 })],
      edges: [makeEdge(0, 1, { calls: 1 })],
    });
    const more = merge(aabbc, other, sum);
    expect(more.functions.filter(({ kind }) => kind !== 'root')).to.have.length(4);
    expect(figures(more, 'a')).to.deep.equal([7, 3, 45, 10]);
    expect(figures(more, 'b')).to.deep.equal([6, 3, 36, 27]);
    expect(figures(more, 'c')).to.deep.equal([2, 2, 8, 8]);
  });

  it('keeps processes apart by pid and start, with their threads and sessions', () => {
    const one = makeProfile({ threads: [makeThread(0, { wallNs: 5 })] });
    const later = makeProfile({ process: { startedAtMs: 5 }, threads: [makeThread(0, { wallNs: 7 })] });
    const sum = merge(one, later);
    expect(sum.processes.map(({ startedAtMs }) => startedAtMs)).to.deep.equal([5, 1_699_999_998_000]);
    expect(sum.threads.map(({ process, wallNs }) => [process, wallNs])).to.deep.equal([
      [0, 7],
      [1, 5],
    ]);
    expect(sum.sessions.map(({ process }) => process)).to.deep.equal([0, 1]);
  });

  it('says of one process what the last snapshot said', () => {
    const early = makeProfile({ process: { takenAtMs: 10, running: true } });
    const late = makeProfile({ process: { takenAtMs: 20, running: false } });
    expect(merge(late, early).processes).to.deep.equal([makeProcess({ takenAtMs: 20, running: false })]);
  });

  it('moves the figures of folded threads to their process', () => {
    const folded = (startedAtMs: number, calls: number) =>
      makeProfile({
        process: { startedAtMs },
        functions: [ROOT, makeFunction(1, { parts: [makePart({ thread: FOLDED_THREADS, calls })] })],
      });
    const sum = merge(folded(2, 20), folded(1, 10));
    expect(named(sum, 'f1').parts.map(({ thread, calls }) => [thread, calls])).to.deep.equal([
      [FOLDED_THREADS - 1, 20],
      [FOLDED_THREADS, 10],
    ]);
  });

  it('refuses to merge nothing', () => {
    expect(() => merge()).to.throw(EverycallError, 'merge() expects one or more profiles, got none');
  });
});

describe('sharedSessions()', () => {
  const profile = makeProfile();

  it('finds that two profiles are snapshots of one run', () => {
    const later = makeProfile({
      process: { takenAtMs: 2e12 },
      sessions: [{ ...profile.sessions[0], durationNs: 9e9 }],
    });
    expect(sharedSessions(profile, later)).to.deep.equal([
      { process: profile.processes[0], startedAtMs: 1_699_999_999_000 },
    ]);
  });

  it('finds nothing in another process, or in another session of the same', () => {
    expect(sharedSessions(profile, makeProfile({ process: { pid: 1 } }))).to.deep.equal([]);
    expect(
      sharedSessions(profile, makeProfile({ sessions: [{ process: 0, startedAtMs: 8, durationNs: 1 }] })),
    ).to.deep.equal([]);
  });
});

describe('differingSources()', () => {
  it('lists files of which there are two versions, after a merge', () => {
    const v1 = makeProfile({
      sources: [
        { file: 'a.js', hash: '1' },
        { file: 'b.js', hash: '1' },
      ],
    });
    const v2 = makeProfile({ sources: [{ file: 'a.js', hash: '2' }] });
    expect(differingSources(merge(v2, v1, v1))).to.deep.equal([{ file: 'a.js', hashes: ['1', '2'] }]);
    expect(differingSources(v1)).to.deep.equal([]);
  });
});
