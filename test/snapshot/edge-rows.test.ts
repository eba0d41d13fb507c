// Rows made of columns against the way every other profile is put together, edge by edge.
import { expect } from 'chai';
import fc from 'fast-check';
import { EDGE } from '../../runtime/layout.ts';
import { NO_CALLER, NOT_SHOWN, RawEdges } from '../../runtime/raw-slab.ts';
import { RowCopies } from '../../runtime/row-copies.ts';
import { EdgeRows, type SlabEdges } from '../../src/snapshot/edge-rows.ts';
import type { EdgeStats } from '../../src/profile.ts';
import { Assembly } from '../../src/statistics/assembly.ts';
import { randomly } from '../support/call-forest.ts';

const FUNCTIONS = 5;
/** Where callers are that are not known. */
const OVERFLOW = 4;

/** The function of a reading by the model's, and the opposite. */
const readingOf = (fn: number) => FUNCTIONS - 1 - fn;

/** Figures may be fractions, self above total, as a moving thread leaves them. */
const anyNs = fc.oneof(
  fc.nat(1000).map((ns) => ns / 4),
  fc.nat(2 ** 31 - 1).map((ns) => ns * 1000),
);
const anyEdge = fc.record({
  caller: fc.nat(FUNCTIONS - 1),
  callee: fc.nat(FUNCTIONS - 1),
  line: fc.nat(3),
  calls: fc.integer({ min: 1, max: 9 }),
  recursiveCalls: fc.nat(1),
  selfWall: anyNs,
  selfCpu: anyNs,
  totalWall: anyNs,
  totalCpu: anyNs,
  resumes: fc.nat(2),
  awaitNs: anyNs,
  isShown: fc.boolean(),
});
type AnyEdge = typeof anyEdge extends fc.Arbitrary<infer T> ? T : never;

const anySlab = fc.record({
  thread: fc.integer({ min: -1, max: 1 }),
  tags: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: FUNCTIONS, maxLength: FUNCTIONS }),
  edges: fc.array(anyEdge, { maxLength: 30, size: 'max' }),
  suspends: fc.boolean(),
});
type AnySlab = typeof anySlab extends fc.Arbitrary<infer T> ? T : never;

function rawOf({ edges, suspends }: AnySlab): RawEdges {
  const rows = new RowCopies(EDGE.words);
  const raw = new RawEdges(rows);
  for (const edge of edges) {
    const caller = edge.caller === OVERFLOW ? NO_CALLER : readingOf(edge.caller);
    const row = raw.push(caller, edge.isShown ? readingOf(edge.callee) : NOT_SHOWN);
    const at = (row * EDGE.words) / 2;
    rows.F[at + EDGE.calls] = edge.calls;
    rows.F[at + EDGE.recursiveCalls] = edge.recursiveCalls;
    rows.F[at + EDGE.selfWallNs] = edge.selfWall;
    rows.F[at + EDGE.selfCpuNs] = edge.selfCpu;
    rows.F[at + EDGE.totalWallNs] = edge.totalWall;
    rows.F[at + EDGE.totalCpuNs] = edge.totalCpu;
    if (suspends) raw.addSuspensions(row, edge.resumes, edge.awaitNs);
  }
  return raw;
}

function byColumns(slabs: readonly AnySlab[], hasCpu: boolean): EdgeStats[] {
  const rows = new EdgeRows(hasCpu);
  for (const slab of slabs) {
    const source: SlabEdges = {
      edges: rawOf(slab),
      thread: slab.thread,
      ids: Int32Array.from({ length: FUNCTIONS }, (_, fn) => readingOf(fn)),
      tags: Int32Array.from({ length: FUNCTIONS }, (_, fn) => slab.tags[readingOf(fn)]),
      noCaller: OVERFLOW,
      lineOf: (edge: number) => slab.edges[edge].line,
    };
    rows.add(source);
  }
  return rows.finish(FUNCTIONS);
}

function oneByOne(slabs: readonly AnySlab[], hasCpu: boolean): EdgeStats[] {
  const assembly = new Assembly();
  const { round, max } = Math;
  const cpu = (ns: number) => (hasCpu ? round(ns) : null);
  for (const { thread, tags, edges, suspends } of slabs) {
    for (const edge of edges) {
      if (!edge.isShown) continue;
      assembly.addToEdge(edge.caller, edge.callee, edge.line, {
        thread,
        tag: tags[edge.callee],
        calls: edge.calls,
        primitiveCalls: edge.calls - edge.recursiveCalls,
        resumes: suspends ? edge.resumes : 0,
        awaitNs: suspends ? round(edge.awaitNs) : 0,
        selfWallNs: round(edge.selfWall),
        selfCpuNs: cpu(edge.selfCpu),
        totalWallNs: round(max(edge.selfWall, edge.totalWall)),
        totalCpuNs: cpu(max(edge.selfCpu, edge.totalCpu)),
      });
    }
  }
  return assembly.finish().edges;
}

describe('EdgeRows', () => {
  it('are those that come of adding edge by edge, in their order: pairs of several slabs, tags and twins of a function', () => {
    fc.assert(
      fc.property(fc.array(anySlab, { maxLength: 4 }), fc.boolean(), (slabs, hasCpu) => {
        expect(byColumns(slabs, hasCpu)).to.deep.equal(oneByOne(slabs, hasCpu));
      }),
      randomly(300),
    );
  });

  it('have their properties in one order wherever they come from', () => {
    const edge: AnyEdge = {
      caller: 0,
      callee: 1,
      line: 1,
      calls: 1,
      recursiveCalls: 0,
      selfWall: 3e9,
      selfCpu: 1,
      totalWall: 4e9,
      totalCpu: 1,
      resumes: 0,
      awaitNs: 0,
      isShown: true,
    };
    const slab: AnySlab = { thread: 0, tags: [-1, -1, -1, -1, -1], edges: [edge], suspends: false };
    expect(JSON.stringify(byColumns([slab], true))).to.equal(JSON.stringify(oneByOne([slab], true)));
  });
});
