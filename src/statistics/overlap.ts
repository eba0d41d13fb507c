// What to be wary of before figures of several profiles are added up or compared.
import type { ProcessInfo, Profile } from '../profile.ts';

/** A session that two profiles have in common. */
export interface SharedSession {
  /** As the first profile has it. */
  readonly process: ProcessInfo;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
}

/**
 * The sessions that are in both profiles: these are then two snapshots of one run, and what happened before the earlier of
 * them counts twice in their merge (unless the figures were cleared between). Empty for profiles that can be added up.
 */
export function sharedSessions(a: Profile, b: Profile): SharedSession[] {
  const nameOf = ({ pid, startedAtMs }: ProcessInfo, sessionMs: number) => `${pid} ${startedAtMs} ${sessionMs}`;
  const others = new Set(b.sessions.map(({ process, startedAtMs }) => nameOf(b.processes[process], startedAtMs)));
  return a.sessions.flatMap(({ process, startedAtMs }) => {
    const info = a.processes[process];
    return others.has(nameOf(info, startedAtMs)) ? [{ process: info, startedAtMs }] : [];
  });
}

/** A file of which several versions were instrumented. */
export interface DifferingSource {
  readonly file: string;
  /** Two or more, in the order of `profile.sources`. */
  readonly hashes: readonly string[];
}

/** Files whose functions may have been added up although their sources differ; after a merge above all. */
export function differingSources({ sources }: Profile): DifferingSource[] {
  const hashes = new Map<string, Set<string>>();
  for (const { file, hash } of sources) hashes.set(file, (hashes.get(file) ?? new Set()).add(hash));
  return [...hashes].flatMap(([file, found]) => (found.size > 1 ? [{ file, hashes: [...found] }] : []));
}
