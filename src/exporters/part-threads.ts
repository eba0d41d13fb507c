// Whom the parts of a profile belong to: every thread that `Part.thread` may name, with the folded ones of each process as
// one more. For formats that keep threads apart by a name.
import { FOLDED_THREADS } from '../profile.ts';
import type { Profile } from '../profile.ts';
import { distinct } from './unique-names.ts';

export interface PartThread {
  /** What `Part.thread` says. */
  readonly thread: number;
  /** Index in `profile.processes`. */
  readonly process: number;
  /** Unlike that of any other thread of the process. */
  readonly name: string;
}

/** The threads in the order of the profile, then what stands for the folded ones of each process. */
export function partThreads({ processes, threads }: Profile): PartThread[] {
  const named: PartThread[] = threads.map(({ id, process, threadId, name }) => ({
    thread: id,
    process,
    name: name || `thread ${threadId}`,
  }));
  const folded = processes.map((_, p) => ({ thread: FOLDED_THREADS - p, process: p, name: 'ended threads, together' }));
  const all = [...named, ...folded];
  const names = all.map(({ name }) => name);
  for (let p = 0; p < processes.length; p++) {
    const own = all.flatMap(({ process }, i) => (process === p ? [i] : []));
    distinct(
      own.map((i) => names[i]),
      (k) => ` (${all[own[k]].thread})`,
    ).forEach((name, k) => (names[own[k]] = name));
  }
  return all.map((each, i) => ({ ...each, name: names[i] }));
}

/** The pid of each process as text; a number follows where a merge has several of one pid. */
export function processNames({ processes }: Profile): string[] {
  return distinct(
    processes.map(({ pid }) => String(pid)),
    () => '',
  );
}
