// Any profile that a file can hold: it holds together, but its figures need not make sense. any-profile.ts has those that do.
import fc from 'fast-check';
import { SITE_KINDS } from '../../runtime/contract.ts';
import type { Part, Profile } from '../../src/profile.ts';
import { edgeOf, functionOf, keyOf, stackOf } from '../../src/statistics/assembly.ts';

const text = fc.string({ unit: 'binary' });
const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 40));
// JSON has no -0; no figure is below zero.
const ns = fc.double({ min: 0, max: 1e15, noNaN: true }).map(Math.abs);
const cpu = fc.option(ns);
const edgeFigures = {
  calls: count,
  primitiveCalls: count,
  resumes: count,
  awaitNs: ns,
  selfWallNs: ns,
  selfCpuNs: cpu,
  totalWallNs: ns,
  totalCpuNs: cpu,
};
const place = { name: text, file: text, line: count, column: count };
const index = (length: number) => fc.integer({ min: 0, max: length - 1 });
const durations = fc
  .uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 4 })
  .map((buckets) => buckets.sort((a, b) => a - b).map((i) => ({ fromNs: i * 8, toNs: (i + 1) * 8, calls: i + 1 })));

/** Any profile that holds together, whatever its figures. */
export const anySavedProfile: fc.Arbitrary<Profile> = fc
  .record({
    functionCount: fc.integer({ min: 1, max: 5 }),
    processCount: fc.integer({ min: 1, max: 2 }),
    threadCount: fc.integer({ min: 0, max: 3 }),
    tagCount: fc.integer({ min: 0, max: 3 }),
    nodeCount: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ functionCount, processCount, threadCount, tagCount, nodeCount }) => {
    const rows = <T>(length: number, row: (i: number) => fc.Arbitrary<T>) =>
      fc.tuple(...Array.from({ length }, (_, i) => row(i)));
    const where = {
      thread: fc.integer({ min: -processCount, max: threadCount - 1 }),
      tag: fc.integer({ min: -1, max: tagCount - 1 }),
    };
    const parts = <T>(figures: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
      fc.array(fc.record({ ...where, ...figures }, { noNullPrototype: true }) as fc.Arbitrary<T & Part>, {
        maxLength: 3,
      });
    const functionParts = parts({
      ...edgeFigures,
      open: count,
      errors: count,
      selfErrorNs: ns,
      totalErrorNs: ns,
      maxTotalNs: ns,
      longestBlockNs: ns,
      durations,
    });
    return fc.record(
      {
        formatVersion: fc.constant(3),
        processes: rows(processCount, () =>
          fc.record({
            pid: count,
            startedAtMs: ns,
            argv: fc.array(text),
            nodeVersion: text,
            platform: text,
            everycallVersion: text,
            takenAtMs: ns,
            running: fc.boolean(),
            precision: fc.constantFrom('adaptive' as const, 'exact' as const, 'sampled' as const),
            tickMs: ns,
            overhead: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
            clock: fc.record({
              wall: text,
              cpu: fc.option(text),
              wallCostNs: ns,
              cpuCostNs: cpu,
              wallResolutionNs: ns,
              cpuResolutionNs: cpu,
            }),
            hookCost: fc.option(
              fc.record({
                exactInnerNs: ns,
                exactOuterNs: ns,
                sampledInnerNs: ns,
                sampledOuterNs: ns,
                exactShare: fc.constantFrom(0, 0.5, 1),
              }),
            ),
          }),
        ),
        sessions: fc.array(fc.record({ process: index(processCount), startedAtMs: ns, durationNs: ns })),
        threads: rows(threadCount, (id) =>
          fc.record({
            id: fc.constant(id),
            process: index(processCount),
            threadId: count,
            name: text,
            state: fc.constantFrom('running' as const, 'ended' as const, 'folded' as const),
            wallNs: ns,
            cpuNs: cpu,
            calls: count,
            regimeSwitches: count,
          }),
        ),
        tags: rows(tagCount, (id) =>
          fc.record({ id: fc.constant(id), name: text, wallNs: ns, cpuNs: cpu, calls: count }),
        ),
        functions: rows(functionCount, (id) =>
          fc
            .record({ ...place, kind: fc.constantFrom(...SITE_KINDS, 'gc' as const), parts: functionParts })
            // One root, and no identity twice.
            .map(({ parts: each, kind, line, ...identity }) => {
              const made = { ...identity, line: line * functionCount + id, kind: id === 0 ? ('root' as const) : kind };
              const named = made.kind === 'gc' || id === 0 ? { ...made, name: `${id} ${made.name}` } : made;
              return functionOf(id, keyOf(named), named, each);
            }),
        ),
        edges: fc
          .uniqueArray(
            fc.record({
              caller: index(functionCount),
              callee: index(functionCount),
              line: count,
              parts: parts(edgeFigures).filter((each) => each.length > 0),
            }),
            { maxLength: 4, selector: ({ caller, callee }) => `${caller} ${callee}` },
          )
          .map((edges) => edges.map(({ caller, callee, line, parts: each }) => edgeOf(caller, callee, line, each))),
        stacks: rows(nodeCount, (i) =>
          fc
            .record({
              parent: i === 0 ? fc.constant(-1) : index(i),
              fn: i === 0 ? fc.constant(0) : index(functionCount),
              parts: parts({ samples: count, selfWallNs: ns, selfCpuNs: cpu }),
            })
            .map(({ parent, fn, parts: each }) => stackOf(parent, fn, each)),
        ),
        dropped: fc.record({
          edgeCalls: count,
          siteCalls: count,
          deepCalls: count,
          samples: count,
          threads: count,
          tagCalls: count,
          durations: count,
        }),
        sources: fc.array(fc.record({ file: text, hash: text }), { maxLength: 3 }),
        notInstrumented: fc.array(fc.record({ ...place, kind: fc.constantFrom(...SITE_KINDS), reason: text }), {
          maxLength: 3,
        }),
      },
      { noNullPrototype: true },
    );
  });
