// The sampled call tree as a CPU profile of V8, for Chromium's and VS Code's readers of .cpuprofile files:
// https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile. Lost: threads, tags, calls and edges,
// awaits, errors, exact times, less than a µs, and the order in which things happened: see `renderCpuprofile`.
import type { FunctionStats, Profile } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { checkedClock } from './exporter-options.ts';
import { depthFirst, frameName, selfTimes } from './stacks.ts';

/** Options of {@link renderCpuprofile}. */
export interface CpuprofileOptions {
  /** What a sample's time is. Default `wall`. */
  readonly clock?: Clock;
}

/** All threads are one here. */
const ROOT_ID = 1;

/**
 * The call tree of all threads together as JSON of a .cpuprofile. Every stack is one sample that lasts as long as all
 * samples of it did, and they follow each other as in the tree, from time 0 on: the readers' time lines show no history.
 *
 * @throws EverycallError `bad-option` for an unknown clock, or one that the profile has no times of
 */
export function renderCpuprofile(profile: Profile, options: CpuprofileOptions = {}): string {
  const clock = checkedClock('renderCpuprofile', profile, options.clock);
  const { stacks, functions } = profile;
  const times = selfTimes(profile, clock);
  const children: number[][] = stacks.map(() => []);
  stacks.forEach(({ parent }, node) => {
    if (parent >= 0) children[parent].push(ROOT_ID + node);
  });
  const nodes = stacks.map(({ parent, fn, samples }, node) => ({
    id: ROOT_ID + node,
    callFrame: parent < 0 ? ROOT_FRAME : callFrame(functions[fn]),
    hitCount: samples,
    ...(children[node].length === 0 ? {} : { children: children[node] }),
  }));

  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let atNs = 0;
  let atUs = 0;
  const sampleAt = (node: number) => {
    const us = Math.round(atNs / 1000);
    samples.push(ROOT_ID + node);
    timeDeltas.push(us - atUs); // rounded to µs as they pass, so that no error adds up
    atUs = us;
  };
  for (const node of depthFirst(stacks)) {
    if (times[node] === 0) continue;
    sampleAt(node);
    atNs += times[node];
  }
  // A sample lasts until the next one: the last needs one that ends it.
  if (samples.length > 0) sampleAt(0);

  return `${JSON.stringify({
    nodes: nodes.length === 0 ? [{ id: ROOT_ID, callFrame: ROOT_FRAME, hitCount: 0 }] : nodes,
    startTime: 0,
    endTime: atUs,
    samples,
    timeDeltas,
  })}\n`;
}

/** Line and column from 0. */
interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Its name is V8's; readers know it by that. */
const ROOT_FRAME: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

function callFrame(fn: FunctionStats): CallFrame {
  const place =
    fn.file === '' ? { lineNumber: -1, columnNumber: -1 } : { lineNumber: fn.line - 1, columnNumber: fn.column };
  return { functionName: frameName(fn), scriptId: '0', url: fn.file, ...place };
}
