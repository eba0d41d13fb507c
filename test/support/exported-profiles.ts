// Profiles that the tests of exporters share: everything that is hard to write down, and little.
import { FOLDED_THREADS } from '../../src/profile.ts';
import type { Profile, TagStats } from '../../src/profile.ts';
import { edgeOf, functionOf, stackOf } from '../../src/statistics/assembly.ts';
import {
  makeEdge,
  makeEdgePart,
  makeFunction,
  makePart,
  makeProcess,
  makeProfile,
  makeStackPart,
  makeThread,
  profileOfSpans,
  ROOT,
} from './profiles.ts';

/** CPU times half of the wall times, so that nobody can take the one for the other. */
export function withHalfCpu(profile: Profile): Profile {
  const half = <P extends { selfWallNs: number; totalWallNs: number }>(part: P): P => ({
    ...part,
    selfCpuNs: Math.floor(part.selfWallNs / 2),
    totalCpuNs: Math.floor(part.totalWallNs / 2),
  });
  return {
    ...profile,
    functions: profile.functions.map((fn) => functionOf(fn.id, fn.key, fn, fn.parts.map(half))),
    edges: profile.edges.map(({ caller, callee, line, parts }) => edgeOf(caller, callee, line, parts.map(half))),
    stacks: profile.stacks.map(({ parent, fn, parts }) =>
      stackOf(
        parent,
        fn,
        parts.map((part) => ({ ...part, selfCpuNs: Math.floor(part.selfWallNs / 2) })),
      ),
    ),
  };
}

const tag = (id: number, name: string): TagStats => ({ id, name, wallNs: 0, cpuNs: 0, calls: 0 });

const figures = (calls: number, selfNs: number, totalNs: number, primitiveCalls = calls) => ({
  calls,
  primitiveCalls,
  selfWallNs: selfNs,
  selfCpuNs: selfNs / 2,
  totalWallNs: totalNs,
  totalCpuNs: totalNs / 2,
});

const sampled = (samples: number, selfNs: number) => ({ samples, selfWallNs: selfNs, selfCpuNs: selfNs / 2 });

const WINDOWS_FILE = 'C:\\app\\Quell code\\解析 (alt).ts';
/** As readers can do more with it on any system. */
export const WINDOWS_PATH = 'C:/app/Quell code/解析 (alt).ts';

/**
 * Two processes with a thread called `main` each, a worker and folded threads, tags; names with spaces, parentheses,
 * brackets and `<>`; several functions of one name; recursion; a builtin.
 */
export const VARIED: Profile = makeProfile({
  processes: [makeProcess(), makeProcess({ pid: 4712, argv: ['/app/child.js', '--once'] })],
  sessions: [
    { process: 0, startedAtMs: 1_699_999_999_000, durationNs: 2e9 },
    { process: 1, startedAtMs: 1_699_999_999_500, durationNs: 1e9 },
  ],
  threads: [
    makeThread(0),
    makeThread(1, { name: 'worker: 解' }),
    makeThread(2, { process: 1, threadId: 0, name: 'main' }),
  ],
  tags: [tag(0, 'GET /a'), tag(1, 'GET /ü')],
  functions: [
    functionOf(0, ROOT.key, ROOT, [makePart({ selfWallNs: 40, selfCpuNs: 20, totalWallNs: 40, totalCpuNs: 20 })]),
    makeFunction(1, {
      name: 'main loop (outer)',
      file: '/app/main.js',
      line: 3,
      parts: [makePart(figures(1, 100, 700))],
    }),
    makeFunction(2, {
      name: '解析 <T>.[Symbol.iterator]',
      file: WINDOWS_FILE,
      line: 7,
      parts: [
        makePart({ tag: 0, ...figures(4, 200, 400, 2) }),
        makePart({ tag: 1, ...figures(1, 30, 30) }),
        makePart({ thread: 1, ...figures(3, 60, 60) }),
        makePart({ thread: FOLDED_THREADS, ...figures(5, 50, 50) }),
      ],
    }),
    makeFunction(3, { name: 'handler', file: '/app/a.js', line: 5, column: 2, parts: [makePart(figures(2, 20, 20))] }),
    makeFunction(4, { name: 'handler', file: '/app/a.js', line: 5, column: 40, parts: [makePart(figures(3, 30, 30))] }),
    makeFunction(5, { name: 'handler', file: '/app/a.js', line: 9, parts: [makePart(figures(4, 40, 40))] }),
    makeFunction(6, {
      name: 'handler',
      file: '/app/b.js',
      line: 5,
      column: 2,
      parts: [makePart({ thread: 2, ...figures(7, 70, 70) })],
    }),
    makeFunction(7, {
      name: 'readFileSync',
      file: 'node:fs',
      line: 0,
      kind: 'builtin',
      parts: [makePart(figures(6, 80, 80))],
    }),
  ],
  edges: [
    makeEdge(0, 1, { line: 0, ...figures(1, 100, 700) }),
    makeEdge(1, 2, {
      line: 12,
      parts: [makeEdgePart({ tag: 0, ...figures(2, 120, 400) }), makeEdgePart({ tag: 1, ...figures(1, 30, 30) })],
    }),
    makeEdge(2, 2, { line: 8, parts: [makeEdgePart({ tag: 0, ...figures(2, 80, 200, 0) })] }),
    makeEdge(0, 2, {
      line: 0,
      parts: [
        makeEdgePart({ thread: 1, ...figures(3, 60, 60) }),
        makeEdgePart({ thread: FOLDED_THREADS, ...figures(5, 50, 50) }),
      ],
    }),
    makeEdge(1, 3, { line: 13, ...figures(2, 20, 20) }),
    makeEdge(1, 4, { line: 14, ...figures(3, 30, 30) }),
    makeEdge(1, 5, { line: 15, ...figures(4, 40, 40) }),
    makeEdge(0, 6, { line: 0, parts: [makeEdgePart({ thread: 2, ...figures(7, 70, 70) })] }),
    makeEdge(2, 7, { line: 20, ...figures(6, 80, 80) }),
  ],
  stacks: [
    stackOf(-1, 0, [makeStackPart(sampled(4, 40))]),
    stackOf(0, 1, [makeStackPart(sampled(10, 100))]),
    stackOf(1, 2, [makeStackPart({ tag: 0, ...sampled(12, 120) }), makeStackPart({ tag: 1, ...sampled(3, 30) })]),
    stackOf(2, 2, [makeStackPart({ tag: 0, ...sampled(8, 80) })]),
    stackOf(3, 7, [makeStackPart(sampled(8, 80))]),
    stackOf(0, 2, [
      makeStackPart({ thread: 1, ...sampled(6, 60) }),
      makeStackPart({ thread: FOLDED_THREADS, ...sampled(5, 50) }),
    ]),
    stackOf(1, 3, [makeStackPart(sampled(2, 20))]),
    stackOf(1, 4, [makeStackPart(sampled(3, 30))]),
    stackOf(1, 5, [makeStackPart(sampled(4, 40))]),
    stackOf(0, 6, [makeStackPart({ thread: 2, ...sampled(7, 70) })]),
  ],
  dropped: { edgeCalls: 3, siteCalls: 0, deepCalls: 0, samples: 2, threads: 0, tagCalls: 0, durations: 0 },
});

/** Root, and nothing else. */
export const EMPTY: Profile = makeProfile({ sessions: [] });

/** A call b, b call c, twice; each its own time. Nothing recursive. */
export const FLAT: Profile = withHalfCpu(
  profileOfSpans([[['a', 10, ['b', 20, ['c', 30]], ['b', 40, ['c', 50], ['c', 60]]]]]),
);

/** A function that calls itself, and two that call each other. */
export const RECURSIVE: Profile = withHalfCpu(
  profileOfSpans([
    [
      ['fib', 10, ['fib', 20, ['fib', 30]], ['fib', 40]],
      ['even', 2, ['odd', 4, ['even', 6, ['odd', 8]]]],
    ],
  ]),
);
