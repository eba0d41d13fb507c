// What a process of child.mjs says, as times of a round by function.
import { type CpuProfile, selfNsOf } from './cpu-profile.ts';
import type { Times } from './errors.ts';

interface Figures {
  readonly calls: number;
  readonly selfCpuNs: number;
  readonly selfWallNs: number;
  readonly selfErrorNs: number;
}

export interface ChildOutput {
  readonly measured: readonly {
    readonly rounds: number;
    readonly cpuNs: number;
    readonly wallNs: number;
    readonly onTheWall: boolean;
    readonly truthNs: Times | null;
    readonly callsARound: Times;
    readonly profile: CpuProfile | null;
  }[];
  readonly raw?: readonly (readonly [name: string, figures: Figures])[];
  readonly corrected?: readonly (readonly [name: string, figures: Figures])[];
}

/** Not instrumented, so everycall has their time under their callers. */
const OF_CALLER = new Set(['spend', 'until', 'wasm-function[0]', 'spin', 'now', 'js-to-wasm:ii:i', 'js-to-wasm']);

/** True times of one round by function, of the threads together. */
export function truthOf({ measured }: ChildOutput): Times {
  return Object.assign({}, ...measured.map(({ truthNs }) => truthNs)) as Times;
}

/** How much more CPU time the program took than its functions should, as a share: what the truth leaves out. */
export function truthMisses({ measured }: ChildOutput): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const spent = sum(measured.map(({ cpuNs }) => cpuNs));
  const known = sum(measured.map(({ rounds, truthNs }) => rounds * sum(Object.values(truthNs ?? {}))));
  return measured[0].onTheWall ? 0 : spent / known - 1;
}

/**
 * Measured times of one round, by the calls that were counted, so warm-up that was recorded does no harm: CPU time, as other
 * processes take the processor now and then; wall time where the program is bound to the clock.
 */
export function timesOf({ measured }: ChildOutput, rows: ChildOutput['raw']): Times {
  const callsARound = Object.assign({}, ...measured.map((one) => one.callsARound)) as Times;
  const { onTheWall } = measured[0];
  const times: Record<string, number> = {};
  for (const [name, { calls, selfCpuNs, selfWallNs }] of rows ?? []) {
    if (!(name in callsARound) || calls === 0) continue;
    times[name] = ((onTheWall ? selfWallNs : selfCpuNs) / calls) * callsARound[name];
  }
  return times;
}

/** The same from V8's profiler, which knows the wall only. */
export function timesOfProfiles({ measured }: ChildOutput): Times {
  const sum: Record<string, number> = {};
  for (const { profile, rounds } of measured) {
    for (const [name, ns] of profile === null ? [] : selfNsOf(profile, OF_CALLER)) {
      sum[name] = (sum[name] ?? 0) + ns / rounds;
    }
  }
  return sum;
}
