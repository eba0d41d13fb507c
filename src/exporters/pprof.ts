// The profile for pprof, a gzipped Profile message: https://github.com/google/pprof/blob/main/proto/profile.proto. Times and
// samples come from the call tree, so they are as exact as its samples; calls are exact, each edge a stack of two frames.
// Lost: self and total times of functions and edges, primitive calls, awaits, resumes, errors, open calls, durations.
import { gzipSync } from 'node:zlib';
import * as pprof from 'pprof-format';
import { UNTAGGED } from '../profile.ts';
import type { FunctionStats, Part, Profile } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { hasCpu } from '../statistics/select.ts';
import { pathOf } from '../statistics/source-path.ts';
import { partThreads, processNames } from './part-threads.ts';
import { checkedClock } from './exporter-options.ts';
import { dropLine, headline } from './summary.ts';
import { printable } from './text-width.ts';
import { uniqueNames } from './unique-names.ts';

/** Options of {@link renderPprof}. */
export interface PprofOptions {
  /** Which sample type pprof shows unless told otherwise. Default `wall`. */
  readonly clock?: Clock;
}

/**
 * The profile as gzipped protobuf. Sample types: `samples`, `wall` and, where there are CPU times, `cpu` in nanoseconds,
 * `calls`. Samples are labelled with `thread`, with `tag` where they ran under one, and with `pid` where there are several
 * processes.
 *
 * @throws EverycallError `bad-option` for an unknown clock, or `cpu` where the profile has no CPU times
 */
export function renderPprof(profile: Profile, options: PprofOptions = {}): Uint8Array {
  const clock = checkedClock('renderPprof', profile, options.clock);
  const withCpu = hasCpu(profile);
  const strings = new pprof.StringTable();
  const type = (name: string, unit: string) => ({ type: strings.dedup(name), unit: strings.dedup(unit) });
  const sampleType = [
    type('samples', 'count'),
    type('wall', 'nanoseconds'),
    ...(withCpu ? [type('cpu', 'nanoseconds')] : []),
    type('calls', 'count'),
  ];
  const frames = new Frames(profile.functions, strings);
  const sample = [...samplesOf(profile, withCpu, frames, labels(profile, strings))];
  const encoded = new pprof.Profile({
    sampleType,
    sample,
    // Says that names and lines are known: pprof then looks for no binary to find them in.
    mapping: [
      {
        id: 1,
        filename: strings.dedup(profile.processes[0]?.argv[0] ?? ''),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      },
    ],
    location: frames.locations,
    function: frames.functions,
    stringTable: strings,
    timeNanos: nanos(startedAtMs(profile)),
    durationNanos: whole(profile.sessions.reduce((sum, { durationNs }) => sum + durationNs, 0)),
    periodType: type('wall', 'nanoseconds'),
    period: whole((profile.processes[0]?.tickMs ?? 0) * 1e6),
    comment: comments(profile, withCpu).map((text) => strings.dedup(text)),
    defaultSampleType: strings.dedup(clock),
  }).encode();
  const zipped = gzipSync(encoded);
  zipped[GZIP_SYSTEM] = UNKNOWN_SYSTEM;
  return new Uint8Array(zipped);
}

/** The byte of a gzip header that names the system it was made on, which must not show. */
const GZIP_SYSTEM = 9;
const UNKNOWN_SYSTEM = 255;

function whole(value: number | null): number {
  return Math.round(value ?? 0);
}

function nanos(ms: number): bigint {
  return BigInt(whole(ms)) * 1_000_000n;
}

function startedAtMs({ sessions, processes }: Profile): number {
  const starts = sessions.map((session) => session.startedAtMs);
  const times = starts.length > 0 ? starts : processes.map(({ takenAtMs }) => takenAtMs);
  return times.length === 0 ? 0 : Math.min(...times);
}

function comments(profile: Profile, withCpu: boolean): string[] {
  const systems = profile.processes.map(
    ({ everycallVersion, nodeVersion, platform }) =>
      `everycall ${everycallVersion}, Node.js ${nodeVersion}, ${platform}`,
  );
  return [
    ...new Set(systems),
    headline(profile),
    dropLine(profile.dropped),
    ...(withCpu ? [] : ['CPU time is unavailable: there is no per-thread CPU clock']),
  ];
}

/** Larger than any number of functions; a pair is one number that is still exact. */
const PAIR = 2 ** 26;

function* samplesOf(
  profile: Profile,
  withCpu: boolean,
  frames: Frames,
  labelsOf: (part: Part) => pprof.LabelInput[],
): Generator<pprof.SampleInput> {
  const { functions, edges, stacks } = profile;
  const lineOfCall = new Map(edges.map(({ caller, callee, line }) => [caller * PAIR + callee, line]));
  const callsIn = (caller: number, callee: number) =>
    frames.location(caller, lineOfCall.get(caller * PAIR + callee) ?? functions[caller].line);
  const values = (samples: number, wallNs: number, cpuNs: number | null, calls: number) => [
    samples,
    whole(wallNs),
    ...(withCpu ? [whole(cpuNs)] : []),
    calls,
  ];

  for (const node of stacks) {
    if (node.parts.length === 0) continue;
    const locationId = [frames.location(node.fn, functions[node.fn].line)];
    for (let inner = node; inner.parent >= 0; inner = stacks[inner.parent]) {
      locationId.push(callsIn(stacks[inner.parent].fn, inner.fn));
    }
    for (const part of node.parts) {
      const value = values(part.samples, part.selfWallNs, part.selfCpuNs, 0);
      if (value.some((each) => each !== 0)) yield { locationId, value, label: labelsOf(part) };
    }
  }
  for (const { caller, callee, parts } of edges) {
    const locationId = [frames.location(callee, functions[callee].line), callsIn(caller, callee)];
    for (const part of parts) {
      if (part.calls !== 0) yield { locationId, value: values(0, 0, 0, part.calls), label: labelsOf(part) };
    }
  }
}

/** Functions and places in them, made as they are first needed. Ids begin at 1: in pprof 0 is none. */
class Frames {
  readonly functions: pprof.FunctionInput[] = [];
  readonly locations: pprof.LocationInput[] = [];
  readonly #all: readonly FunctionStats[];
  readonly #names: readonly string[];
  readonly #strings: pprof.StringTable;
  readonly #functionIds = new Map<number, number>();
  readonly #locationIds = new Map<number, Map<number, number>>();

  constructor(functions: readonly FunctionStats[], strings: pprof.StringTable) {
    this.#all = functions;
    this.#strings = strings;
    // pprof adds up what has one name, whatever the file.
    this.#names = uniqueNames(
      functions,
      () => '',
      ({ file, line, column }) => (file === '' ? '' : ` (${printable(pathOf(file))}:${line}:${column + 1})`),
    );
  }

  /** The id of this line in the function. */
  location(fn: number, line: number): number {
    let ofLines = this.#locationIds.get(fn);
    if (ofLines === undefined) this.#locationIds.set(fn, (ofLines = new Map()));
    let id = ofLines.get(line);
    if (id === undefined) {
      id = this.locations.push({
        id: this.locations.length + 1,
        mappingId: 1,
        line: [{ functionId: this.#function(fn), line }],
      });
      ofLines.set(line, id);
    }
    return id;
  }

  #function(fn: number): number {
    let id = this.#functionIds.get(fn);
    if (id === undefined) {
      const { key, file, line } = this.#all[fn];
      id = this.functions.push({
        id: this.functions.length + 1,
        name: this.#strings.dedup(this.#names[fn]),
        // Unlike the name: else pprof takes names with `<` or `[` for mangled C++ and cuts them.
        systemName: this.#strings.dedup(`js:${key}`),
        filename: this.#strings.dedup(pathOf(file)),
        startLine: line,
      });
      this.#functionIds.set(fn, id);
    }
    return id;
  }
}

/** An empty label would be the number 0. */
const NO_NAME = '(no name)';

function labels(profile: Profile, strings: pprof.StringTable): (part: Part) => pprof.LabelInput[] {
  const threads = new Map(partThreads(profile).map((each) => [each.thread, each]));
  const pids = processNames(profile);
  const label = (key: string, text: string) => ({ key: strings.dedup(key), str: strings.dedup(text) });
  const made = new Map<string, pprof.LabelInput[]>();
  return ({ thread, tag }) => {
    const pair = `${thread} ${tag}`;
    let own = made.get(pair);
    if (own === undefined) {
      const { name, process } = threads.get(thread)!;
      own = [
        label('thread', name),
        ...(tag === UNTAGGED ? [] : [label('tag', profile.tags[tag].name || NO_NAME)]),
        ...(pids.length > 1 ? [label('pid', pids[process])] : []),
      ];
      made.set(pair, own);
    }
    return own;
  };
}
