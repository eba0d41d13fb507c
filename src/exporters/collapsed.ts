// The sampled call tree as folded stacks, one a line with its time: `main;parse;next 1234567`. The format of Brendan
// Gregg's flamegraph.pl: https://github.com/brendangregg/FlameGraph#2-fold-stacks. Lost: where functions are (unless
// asked for), tags, calls and edges, awaits, errors, exact times, and the order in which things happened.
import type { Profile } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { locations } from './location.ts';
import { checkedClock, checkedOption } from './exporter-options.ts';
import { depthFirst, frameName, selfTimes, stackOfNode, titledThreads } from './stacks.ts';
import { printable } from './text-width.ts';

/** Options of {@link renderCollapsed}. */
export interface CollapsedOptions {
  /** What the numbers are, in ns. Default `wall`. */
  readonly clock?: Clock;
  /** Puts the name of the thread in front of each stack. Default false: threads are added up. */
  readonly perThread?: boolean;
  /** Puts `file:line` in brackets behind each name: tells functions of the same name apart. Default false. */
  readonly locations?: boolean;
  /** With `locations`: files inside this folder are shown relative to it. */
  readonly cwd?: string;
}

/**
 * The profile as folded stacks, each line ended by a newline, times in whole ns; no stack twice. What would break a line
 * or a name apart is written as `\u{…}` with its code: semicolons, line ends and all else that is not printable, the
 * backslash itself, and a space before digits that end a name, since flamegraph.pl takes these for a second number.
 *
 * @throws EverycallError `bad-option` for a value that is none, or for a clock that the profile has no times of
 */
export function renderCollapsed(profile: Profile, options: CollapsedOptions = {}): string {
  const clock = checkedClock('renderCollapsed', profile, options.clock);
  const perThread = checkedOption('renderCollapsed', 'perThread', options.perThread, false);
  const withPlaces = checkedOption('renderCollapsed', 'locations', options.locations, false);
  const { stacks, functions } = profile;
  const places = withPlaces ? locations(functions, options.cwd) : [];
  const names = functions.map((fn) =>
    escaped(withPlaces && places[fn.id] !== '' ? `${frameName(fn)} (${places[fn.id]})` : frameName(fn)),
  );
  const order = depthFirst(stacks);
  const lineNs = new Map<string, number>();

  const addStacks = (prefix: readonly string[], thread?: number) => {
    const times = selfTimes(profile, clock, thread);
    for (const node of order) {
      if (times[node] === 0) continue;
      const line = [...prefix, ...stackOfNode(stacks, node).map((fn) => names[fn])].join(';');
      lineNs.set(line, (lineNs.get(line) ?? 0) + times[node]);
    }
  };
  if (perThread) for (const { id, title } of titledThreads(profile)) addStacks([escaped(title)], id);
  else addStacks([]);

  return [...lineNs].map(([line, ns]) => `${line} ${ns}\n`).join('');
}

function escaped(name: string): string {
  const code = (char: string) => `\\u{${char.codePointAt(0)!.toString(16)}}`;
  return printable(name.replaceAll('\\', code('\\')))
    .replaceAll(';', code(';'))
    .replace(/^\s|\s(?=[\d.]*$)/gu, code);
}
