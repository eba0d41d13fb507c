// What holds for every snapshot: I2 to I7 of the catalogue of invariants.
import { expect } from 'chai';
import type { Profile } from '../../src/profile.ts';
import { byThread } from '../../src/statistics/breakdown.ts';

const CLOCKS = [
  { self: 'selfWallNs', total: 'totalWallNs' },
  { self: 'selfCpuNs', total: 'totalCpuNs' },
] as const;

/** I2 to I7, which hold for snapshots in the middle of a run too. `slackNs` is for times that were divided. */
export function expectInvariants({ functions, edges, threads }: Profile, slackNs = 0): void {
  const name = (id: number) => functions[id].name;
  for (const { self, total } of CLOCKS) {
    const all = threads.reduce((sum, thread) => sum + (self === 'selfWallNs' ? thread.wallNs : thread.cpuNs!), 0);
    for (const fn of functions) {
      const into = edges.filter((edge) => edge.callee === fn.id);
      const out = edges.filter((edge) => edge.caller === fn.id);
      const sumOf = <K extends 'calls' | 'primitiveCalls' | typeof self | typeof total>(
        rows: typeof edges,
        column: K,
      ) => rows.reduce((sum, edge) => sum + edge[column]!, 0);
      for (const column of ['calls', 'primitiveCalls', self] as const) {
        const inShares = byThread(fn).reduce((sum, share) => sum + share[column]!, 0);
        expect(inShares, `${fn.name}.${column} over threads`).to.be.closeTo(fn[column]!, slackNs);
        if (fn.kind !== 'root') {
          expect(sumOf(into, column), `I2 ${fn.name}.${column}`).to.be.closeTo(fn[column]!, slackNs);
        }
      }
      if (fn.kind === 'root') continue;
      expect(fn[self], `I3 ${fn.name}`).to.be.within(-slackNs, fn[total]! + slackNs);
      expect(fn[total], `I4 ${fn.name}`).to.be.at.most(all + slackNs);
      const recursive = fn.calls !== fn.primitiveCalls;
      if (!recursive) {
        expect(fn[self]! + sumOf(out, total), `I4 ${fn.name}, not recursive`).to.be.closeTo(fn[total]!, slackNs);
      }
      expect(fn.primitiveCalls, `I5 ${fn.name}`).to.be.within(fn.calls > 0 ? 1 : 0, fn.calls);
      if (into.length === 1 && !recursive) {
        for (const column of ['calls', 'primitiveCalls', self, total] as const) {
          expect(into[0][column], `I7 ${fn.name}.${column}`).to.be.closeTo(fn[column]!, slackNs);
        }
      }
    }
    for (const edge of edges) {
      const pair = `${name(edge.caller)}→${name(edge.callee)}`;
      expect(edge[self], `I3 ${pair}`).to.be.within(-slackNs, edge[total]! + slackNs);
      expect(edge.primitiveCalls, `I5 ${pair}`).to.be.within(0, edge.calls);
      expect(edge[total], `I6 ${pair}`).to.be.at.most(functions[edge.callee][total]! + slackNs);
    }
  }
}
