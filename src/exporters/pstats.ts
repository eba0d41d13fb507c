// The profile for Python's pstats, as cProfile dumps it: a marshalled dict of {(file, line, name): (primitive calls, calls,
// self s, total s, {caller: (calls, primitive calls, self s, total s)})}; https://docs.python.org/3/library/profile.html and
// the source of its reader, https://github.com/python/cpython/blob/main/Lib/pstats.py. The counts of a caller stand the other
// way round than those of a function: cProfile writes and pstats reads them so. Lost: the other clock, threads, tags, awaits,
// resumes, errors, open calls, durations, standard errors, lines of calls, the call tree, what was dropped.
import type { EdgeStats, FunctionStats, Profile, Times } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { isNothing } from '../statistics/figures.ts';
import { pathOf } from '../statistics/source-path.ts';
import { MarshalWriter } from './marshal.ts';
import { checkedClock } from './exporter-options.ts';
import { printable } from './text-width.ts';
import { uniqueNames } from './unique-names.ts';

/** Options of {@link renderPstats}. */
export interface PstatsOptions {
  /** Which times the file holds; the format has room for one. Default `wall`. */
  readonly clock?: Clock;
}

/** What pstats takes for functions without a source; their line is 0. */
const NO_FILE = '~';

/**
 * The profile as a file that `pstats.Stats(path)` loads, times in seconds.
 *
 * @throws EverycallError `bad-option` for an unknown clock, or `cpu` where the profile has no CPU times
 */
export function renderPstats(profile: Profile, options: PstatsOptions = {}): Uint8Array {
  const clock = checkedClock('renderPstats', profile, options.clock);
  const { functions, edges } = profile;
  const callers = new Map<number, EdgeStats[]>();
  const named = new Set<number>();
  for (const edge of edges) {
    if (isNothing(edge)) continue;
    named.add(edge.caller).add(edge.callee);
    const known = callers.get(edge.callee);
    if (known === undefined) callers.set(edge.callee, [edge]);
    else known.push(edge);
  }
  const names = uniqueNames(functions, sourceLine, ({ file, column }) => (file === '' ? '' : `:${column + 1}`));
  const out = new MarshalWriter();
  const key = ({ id, file, line }: FunctionStats) => {
    out.tuple(3);
    out.text(file === '' ? NO_FILE : printable(pathOf(file)));
    out.int(file === '' ? 0 : line);
    out.text(names[id]);
  };
  const times = (row: Times) => {
    out.float((clock === 'wall' ? row.selfWallNs : row.selfCpuNs!) / 1e9);
    out.float((clock === 'wall' ? row.totalWallNs : row.totalCpuNs!) / 1e9);
  };

  out.dict();
  for (const fn of functions) {
    // The root always: pstats refuses an empty file.
    if (isNothing(fn) && !named.has(fn.id) && fn.kind !== 'root') continue;
    key(fn);
    out.tuple(5);
    out.int(fn.primitiveCalls);
    out.int(fn.calls);
    times(fn);
    out.dict();
    for (const edge of callers.get(fn.id) ?? []) {
      key(functions[edge.caller]);
      out.tuple(4);
      out.int(edge.calls);
      out.int(edge.primitiveCalls);
      times(edge);
    }
    out.endDict();
  }
  out.endDict();
  return out.bytes();
}

/** Functions that begin on one line are told apart by their name only. */
function sourceLine({ file, line }: FunctionStats): string {
  return file === '' ? NO_FILE : `${printable(pathOf(file))}:${line}`;
}
