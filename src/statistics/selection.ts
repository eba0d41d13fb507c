// Cuts a profile down to some threads, processes and tags, and to some functions. The result is a profile like any other.
import type { FunctionStats, Part, Profile, TagStats, ThreadStats } from '../profile.ts';
import { FOLDED_THREADS } from '../profile.ts';
import { Assembly } from './assembly.ts';
import { addCpu } from './figures.ts';
import { isPartChosen, parseFilter } from './filter.ts';
import type { Choice, ProfileFilter } from './filter.ts';
import { hasCpu } from './select.ts';

/**
 * The part of the profile that the filter asks for. Ids of threads, tags and functions are given anew.
 *
 * **Threads, processes and tags** cut every row down to the parts that are asked for; sums, threads and tags agree with
 * them. A call belongs to the tag of its callee: what calls in from outside the tag is the event loop, as in
 * `snapshot({ tag })`. A function that ran both within the tag and outside stands as the caller of all its calls into it.
 *
 * **Functions** that match stay with their figures as they were. Calls from functions that do not match come from the event
 * loop, so that the calls and self times of the edges to a function still add up to its own. Edges to functions that do not
 * match go with them: what they took is in the total of the caller, and is what its total has beyond its self and its
 * callees. Of sampled stacks stays what goes on without a gap to the end.
 *
 * The event loop stays always. `dropped`, `sources` and `notInstrumented` speak of the whole and stay.
 *
 * @throws EverycallError `bad-option` for an unknown field, a value of another type, or a thread or process that there is not
 */
export function select(profile: Profile, filter: ProfileFilter): Profile {
  const choice = parseFilter(profile, filter);
  const cut = new Cut(profile, choice);
  const assembly = new Assembly();
  const root = profile.functions.find(({ kind }) => kind === 'root') ?? profile.functions[profile.stacks[0].fn];
  const idOf = (fn: FunctionStats) => assembly.function(fn, fn.key);
  const rootNode = assembly.stack(-1, idOf(root));

  const isPart = (part: Part) => isPartChosen(choice, part);
  const isCut = choice.thread !== null || choice.tag !== null;
  const stays = profile.functions.map(
    (fn) => fn === root || ((choice.fn?.(fn) ?? true) && (!isCut || fn.parts.some(isPart))),
  );
  // What found no room as a caller has no figures of its own, so it cannot be told to be outside.
  const calls = profile.functions.map((fn, i) => stays[i] || (fn.kind === 'overflow' && choice.fn === null));
  const callerOf = (fn: number) => (calls[fn] ? profile.functions[fn] : root);

  profile.functions.forEach((fn, i) => {
    if (!stays[i]) return;
    const id = idOf(fn);
    for (const part of fn.parts) if (isPart(part)) assembly.addToFunction(id, cut.moved(part));
  });
  // Where one thread had a function under the tag, another need not.
  const ran = choice.tag === null ? null : profile.functions.map((fn) => threadsOf(fn, choice));
  for (const { caller, callee, line, parts } of profile.edges) {
    if (!stays[callee]) continue;
    for (const part of parts) {
      if (!isPart(part)) continue;
      const known = callerOf(caller);
      const isOutside = ran !== null && known.kind !== 'overflow' && !ran[caller].has(part.thread);
      const from = isOutside ? root : known;
      const fromLine = from === profile.functions[caller] ? line : 0;
      assembly.addToEdge(idOf(from), idOf(profile.functions[callee]), fromLine, cut.moved(part));
    }
  }

  const hasParts = profile.stacks.map(({ parts }) => parts.some(isPart));
  for (let i = hasParts.length - 1; i > 0; i--) {
    if (hasParts[i]) hasParts[profile.stacks[i].parent] = true;
  }
  const nodes: number[] = [];
  profile.stacks.forEach(({ parent, fn, parts }, i) => {
    // Under a function that is left out, a stack begins anew.
    nodes[i] = rootNode;
    if (!stays[fn] || !hasParts[i]) return;
    if (parent !== -1) nodes[i] = assembly.stack(nodes[parent], idOf(profile.functions[fn]));
    for (const part of parts) if (isPart(part)) assembly.addToStack(nodes[i], cut.moved(part));
  });

  return { ...profile, ...cut.summaries(), ...assembly.finish() };
}

/** On which of the chosen threads the function ran under the chosen tags. */
function threadsOf(fn: FunctionStats, choice: Choice): ReadonlySet<number> {
  return new Set(fn.parts.filter((part) => isPartChosen(choice, part)).map(({ thread }) => thread));
}

/** What is left of processes, threads and tags, and their new ids. */
class Cut {
  readonly #profile: Profile;
  readonly #choice: Choice;
  readonly #processes: readonly number[];
  readonly #threads: readonly number[];
  readonly #tags: readonly number[];

  constructor(profile: Profile, choice: Choice) {
    this.#profile = profile;
    this.#choice = choice;
    const { processes, threads, tags, functions } = profile;
    const isThread = choice.thread ?? (() => true);
    const isTag = choice.tag ?? (() => true);
    this.#threads = newIds(
      threads.map(({ id, process, state }) => {
        if (state !== 'folded') return isThread(id);
        // Of a single folded thread only a sum is known: not how much of it was under a tag.
        return choice.tag === null && (isThread(id) || isThread(FOLDED_THREADS - process));
      }),
    );
    const used = processes.map(
      (_, p) => isThread(FOLDED_THREADS - p) || threads.some(({ id, process }) => process === p && isThread(id)),
    );
    // A profile always has a process, even where nothing is left of it.
    this.#processes = newIds(used.includes(true) ? used : used.map(() => true));
    const ofThreads = new Set(
      functions.flatMap(({ parts }) => parts.filter((part) => isThread(part.thread))).map(({ tag }) => tag),
    );
    this.#tags = newIds(tags.map(({ id }) => isTag(id) && (choice.thread === null || ofThreads.has(id))));
  }

  moved<P extends Part>(part: P): P {
    const { thread, tag } = part;
    return {
      ...part,
      thread: thread < 0 ? FOLDED_THREADS - this.#processes[FOLDED_THREADS - thread] : this.#threads[thread],
      tag: tag < 0 ? tag : this.#tags[tag],
    };
  }

  /** Threads under some tags only have the figures that these tags have there, and tags on some threads likewise. */
  summaries(): Pick<Profile, 'processes' | 'sessions' | 'threads' | 'tags'> {
    const { processes, sessions, threads, tags } = this.#profile;
    const processOf = (thing: { readonly process: number }) => this.#processes[thing.process];
    const sumOfThread = this.#choice.tag === null ? null : this.#sums('thread');
    const sumOfTag = this.#choice.thread === null ? null : this.#sums('tag');
    return {
      processes: processes.filter((_, p) => this.#processes[p] >= 0),
      sessions: sessions
        .filter((session) => processOf(session) >= 0)
        .map((session) => ({ ...session, process: processOf(session) })),
      threads: threads
        .filter(({ id }) => this.#threads[id] >= 0)
        .map((thread) => ({
          ...thread,
          ...sumOfThread?.(thread.id),
          id: this.#threads[thread.id],
          process: processOf(thread),
        })),
      tags: tags
        .filter(({ id }) => this.#tags[id] >= 0)
        .map((tag) => ({ ...tag, ...sumOfTag?.(tag.id), id: this.#tags[tag.id] })),
    };
  }

  /** Own times and calls of all functions, of the chosen parts, on a thread or under a tag. */
  #sums(by: 'thread' | 'tag'): (id: number) => Sum {
    const none: Sum = { wallNs: 0, cpuNs: hasCpu(this.#profile) ? 0 : null, calls: 0 };
    const sums = new Map<number, Sum>();
    for (const { kind, parts } of this.#profile.functions) {
      if (kind === 'gc') continue; // within the time of others
      for (const part of parts) {
        if (!isPartChosen(this.#choice, part)) continue;
        const sum = sums.get(part[by]) ?? none;
        sums.set(part[by], {
          wallNs: sum.wallNs + part.selfWallNs,
          cpuNs: addCpu(sum.cpuNs, part.selfCpuNs),
          calls: sum.calls + part.calls,
        });
      }
    }
    return (id) => sums.get(id) ?? none;
  }
}

type Sum = Pick<ThreadStats & TagStats, 'wallNs' | 'cpuNs' | 'calls'>;

/** New ids of the things that stay, counted from 0; -1 for the others. */
function newIds(stays: readonly boolean[]): number[] {
  let next = 0;
  return stays.map((stay) => (stay ? next++ : -1));
}
