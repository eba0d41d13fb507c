// Puts a profile into the form the page is given. Lost: fractions of a nanosecond, the clocks' properties, the hooks' cost,
// the hashes of sources, which functions were left uninstrumented (their number and the reasons stay), and what is cut.
import type { FunctionStats, Profile } from '../../profile.ts';
import type { Clock } from '../../statistics/columns.ts';
import { count } from '../figures.ts';
import { relativePath } from '../location.ts';
import { dropLine, isComplete, notInstrumentedLine } from '../summary.ts';
import { column, Numbering, partColumns } from './columns.ts';
import { cutEdges, cutStacks } from './cut.ts';
import type { CutEdges } from './cut.ts';
import { EDGE_COLUMNS, FUNCTION_COLUMNS, STACK_COLUMNS } from './embedded.ts';
import type { Embedded, EmbeddedDurations, EmbeddedEdges, EmbeddedFunctions } from './embedded.ts';

export interface EmbedLimits {
  readonly title: string | undefined;
  readonly clock: Clock;
  readonly cwd: string | undefined;
  readonly maxEdges: number;
  readonly maxStacks: number;
}

export function embed(
  profile: Profile,
  { title, clock, cwd, maxEdges, maxStacks }: EmbedLimits,
): { profile: Embedded; edges: EmbeddedEdges } {
  const edges = cutEdges(profile.edges, maxEdges);
  const stacks = cutStacks(profile.stacks, maxStacks);
  const hasCpu = profile.processes.some((process) => process.clock.cpu !== null);
  const embedded: Embedded = {
    title: title ?? titleOf(profile),
    clock: hasCpu ? clock : 'wall',
    hasCpu,
    warnings: [
      ...(isComplete(profile.dropped) ? [] : [capital(dropLine(profile.dropped))]),
      ...changedSources(profile).map(
        (file) => `Two versions of ${relativePath(file, cwd)}: figures of both may be added up`,
      ),
    ],
    remarks: [
      notInstrumentedLine(profile.notInstrumented),
      edges.left.length === 0
        ? null
        : `to keep this page small, the ${count(edges.left.length, 'caller → callee pair')} with the least time ` +
          `${edges.left.length === 1 ? 'is' : 'are'} not in it, of ${profile.edges.length}`,
      stacks.left === 0
        ? null
        : `to keep this page small, the ${count(stacks.left, 'smallest stack')} ` +
          `${stacks.left === 1 ? 'is' : 'are'} shown together as “(smaller stacks)”, of ${profile.stacks.length}`,
    ].filter((remark) => remark !== null),
    notInstrumented: profile.notInstrumented.length,
    processes: profile.processes.map((process) => ({
      pid: process.pid,
      argv: process.argv,
      nodeVersion: process.nodeVersion,
      platform: process.platform,
      everycallVersion: process.everycallVersion,
      startedAtMs: process.startedAtMs,
      takenAtMs: process.takenAtMs,
      running: process.running,
      precision: process.precision,
      tickMs: process.tickMs,
      overhead: process.overhead,
    })),
    sessions: profile.sessions,
    threads: profile.threads,
    tags: profile.tags,
    functions: embedFunctions(profile.functions, cwd),
    stacks: {
      size: stacks.kept.length,
      parent: column(stacks.kept.map(({ parent }) => parent)),
      fn: column(stacks.kept.map(({ fn }) => fn)),
      parts: partColumns(stacks.kept, STACK_COLUMNS),
      cut: stacks.left,
    },
  };
  return { profile: embedded, edges: embedEdges(edges) };
}

function embedEdges({ kept, left }: CutEdges): EmbeddedEdges {
  return {
    size: kept.length,
    caller: column(kept.map(({ caller }) => caller)),
    callee: column(kept.map(({ callee }) => callee)),
    line: column(kept.map(({ line }) => line)),
    parts: partColumns(kept, EDGE_COLUMNS),
    cut: left.length,
    cutCallers: tally(left.map(({ callee }) => callee)),
    cutCallees: tally(left.map(({ caller }) => caller)),
  };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The program's file name; of a merge also how many processes there are. */
function titleOf({ processes }: Profile): string {
  const names = processes.map(({ argv }) => (argv[0] ?? '').split(/[\\/]/).at(-1)!).filter((name) => name !== '');
  const title = names[0] ?? 'everycall';
  return processes.length > 1 ? `${title} and ${count(processes.length - 1, 'more process', 'more processes')}` : title;
}

/** Files that functions of different content come from. */
function changedSources({ sources }: Profile): string[] {
  const hashes = new Map<string, string>();
  const changed = new Set<string>();
  for (const { file, hash } of sources) {
    if ((hashes.get(file) ?? hash) !== hash) changed.add(file);
    hashes.set(file, hash);
  }
  return [...changed];
}

function tally(functions: readonly number[]): [fn: number, edges: number][] {
  const counts = new Map<number, number>();
  for (const fn of functions) counts.set(fn, (counts.get(fn) ?? 0) + 1);
  return [...counts];
}

function embedFunctions(functions: readonly FunctionStats[], cwd: string | undefined): EmbeddedFunctions {
  const files = new Numbering();
  const kinds = new Numbering();
  return {
    name: functions.map(({ name }) => name),
    file: column(functions.map(({ file }) => files.numberOf(relativePath(file, cwd)))),
    line: column(functions.map(({ line }) => line)),
    column: column(functions.map((fn) => fn.column)),
    kind: column(functions.map(({ kind }) => kinds.numberOf(kind))),
    files: files.texts,
    kinds: kinds.texts,
    parts: partColumns(functions, FUNCTION_COLUMNS),
    durations: embedDurations(functions),
  };
}

function embedDurations(functions: readonly FunctionStats[]): EmbeddedDurations {
  const bounds = new Numbering();
  const histograms = functions.flatMap(({ parts }) => parts.map(({ durations }) => durations));
  const buckets = histograms.flat();
  return {
    count: column(histograms.map((durations) => durations.length)),
    bucket: column(buckets.map(({ fromNs, toNs }) => bounds.numberOf(`${fromNs} ${toNs}`))),
    calls: column(buckets.map(({ calls }) => calls)),
    bounds: bounds.texts.map((text) => text.split(' ').map(Number) as [number, number]),
  };
}
