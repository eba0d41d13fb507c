// What can be chosen in the selectors of thread and tag, and what a choice selects. No DOM.
import { UNTAGGED } from '../../../profile.ts';
import type { Report } from './report.ts';

/** Value of a selector; the empty text is everything. */
export type Choice = string;

export interface Option {
  readonly choice: Choice;
  readonly name: string;
}

export interface ThreadOptions {
  /** The name of the process; empty where there is only one. */
  readonly process: string;
  readonly options: readonly Option[];
}

/** Threads by process; of several processes also each as a whole. Threads that were folded have no figures of their own. */
export function threadOptions(report: Report): ThreadOptions[] {
  const isOne = report.processes.length < 2;
  return report.processes.map(({ pid, argv }, p) => {
    const own = report.threads.filter((thread) => thread.process === p && thread.state !== 'folded');
    const name = isOne ? '' : `${(argv[0] ?? '').split(/[\\/]/).at(-1)} (${pid})`;
    return {
      process: name,
      options: [
        ...(isOne ? [] : [{ choice: `process ${p}`, name: `${name}: all threads` }]),
        ...own.map(({ id }) => ({ choice: `thread ${id}`, name: threadName(report, id) })),
        ...(report.foldedThreads.has(-1 - p) ? [{ choice: `thread ${-1 - p}`, name: threadName(report, -1 - p) }] : []),
      ],
    };
  });
}

/** Ids of the threads that the choice selects; `null` for all. */
export function chosenThreads(report: Report, choice: Choice): ReadonlySet<number> | null {
  const [what, id] = choice.split(' ');
  if (what === 'thread') return new Set([Number(id)]);
  if (what !== 'process') return null;
  const own = report.threads.filter((thread) => thread.process === Number(id)).map((thread) => thread.id);
  return new Set([...own, -1 - Number(id)]);
}

export function threadName(report: Report, id: number): string {
  if (id < 0) return report.processes.length > 1 ? `threads that ended (process ${-id})` : 'threads that ended';
  const { name, threadId } = report.threads[id];
  const isAmbiguous = report.threads.some((other) => other.id !== id && other.name === name);
  return isAmbiguous ? `${name} #${threadId}` : name;
}

export function tagOptions(report: Report): Option[] {
  if (report.tags.length === 0) return [];
  return [
    ...report.tags.map(({ id, name }) => ({ choice: `tag ${id}`, name })),
    { choice: `tag ${UNTAGGED}`, name: tagName(report, UNTAGGED) },
  ];
}

/** `TagStats.id` or UNTAGGED; `null` for all. */
export function chosenTag(choice: Choice): number | null {
  return choice === '' ? null : Number(choice.split(' ')[1]);
}

export function tagName(report: Report, id: number): string {
  return id === UNTAGGED ? '(no tag)' : report.tags[id].name;
}
