// Profiles with stacks for the tests of flame formats: a small one for golden files, and one that has everything at once.
import type { Profile } from '../../src/profile.ts';
import { stackOf } from '../../src/statistics/assembly.ts';
import { makeFunction, makeProcess, makeProfile, makeStackPart, makeThread, profileOfSpans, ROOT } from './profiles.ts';

/** main → parse → next, and main → next; times in ns. */
export function smallProfile(): Profile {
  return profileOfSpans([[['main', 1_000, ['parse', 2_500_000, ['next', 750_000]], ['next', 12_000]]]]);
}

/**
 * Two processes, three threads with stacks (two of one name) and one of folded ones, tags, recursion, Unicode, a Windows
 * path, odd names; CPU time unlike wall time. Nodes are not in depth-first order.
 */
export function richProfile(): Profile {
  const part = (thread: number, selfWallNs: number, selfCpuNs: number, tag = -1) =>
    makeStackPart({ thread, tag, samples: 2, selfWallNs, selfCpuNs });
  return makeProfile({
    processes: [makeProcess(), makeProcess({ pid: 4712, argv: ['C:\\app\\other.js', '--fast'] })],
    threads: [
      makeThread(0),
      makeThread(1, { name: 'pool; of\nworkers 7' }),
      makeThread(2, { name: 'pool; of\nworkers 7', threadId: 2, state: 'ended' }),
      makeThread(3, { process: 1, threadId: 0, name: 'main' }),
    ],
    tags: [
      { id: 0, name: 'GET /slow', wallNs: 5e6, cpuNs: 4e6, calls: 2 },
      { id: 1, name: '标签', wallNs: 3e6, cpuNs: 1e6, calls: 1 },
    ],
    functions: [
      ROOT,
      makeFunction(1, { name: 'walk', file: 'C:\\app\\src\\walk.ts', line: 10, column: 4 }),
      makeFunction(2, { name: '解析器.次へ', file: 'file:///app/%E8%A7%A3.ts', line: 3 }),
      makeFunction(3, { name: 'set size 12', file: '/app/a b.js', line: 7 }),
      makeFunction(4, { name: 'a;b\nc\\d' }),
      makeFunction(5, { name: '', file: '', line: 0 }),
    ],
    stacks: [
      stackOf(-1, 0, [part(0, 7_100, 6_100)]),
      stackOf(0, 1, [part(0, 31_000_000, 21_000_000), part(1, 2_000_000, 1_900_000, 0)]),
      stackOf(0, 2, [part(1, 3_500_000, 1_300_000, 1), part(3, 640_000, 630_000)]),
      stackOf(1, 1, [part(0, 9_000_000, 8_000_000)]), // walk calls itself
      stackOf(2, 3, [part(2, 1_234_000, 1_111_000, 0)]),
      stackOf(1, 4, [part(0, 555_000, 444_000), part(-1, 77_000_000, 66_000_000)]),
      stackOf(3, 2, [part(0, 2_220_000, 2_210_000, 0)]),
      stackOf(6, 1, [part(0, 1_500_000, 1_400_000)]), // walk again, below another
      stackOf(4, 5, [part(3, 880_000, 0)]),
      stackOf(0, 3, []), // took no time itself
      stackOf(5, 3, [part(0, 123_000, 120_000)]), // of a caller that is not its caller's first callee
    ],
  });
}
