// The sampled call tree in the file format of speedscope: https://www.speedscope.app/file-format-schema.json (its types:
// https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts). Lost: calls and edges, awaits, errors, tags,
// exact times, and the order in which things happened: stacks follow each other as in the tree, not as in time.
import type { FunctionStats, Profile } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { checkedOption, clocksOf } from './exporter-options.ts';
import { depthFirst, frameName, selfTimes, stackOfNode, titledThreads } from './stacks.ts';

/** Options of {@link renderSpeedscope}. */
export interface SpeedscopeOptions {
  /** What speedscope shows in its title. Default: the program's arguments. */
  readonly name?: string;
}

interface SampledProfile {
  readonly type: 'sampled';
  readonly name: string;
  readonly unit: 'nanoseconds';
  readonly startValue: number;
  readonly endValue: number;
  /** Frames of each stack, the outermost first. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

const CLOCK_NAMES: Readonly<Record<Clock, string>> = { wall: 'wall time', cpu: 'CPU time' };

/**
 * The profile as JSON for speedscope: by wall time and, where there is a clock for it, by CPU time; each for all threads
 * together and, where there are several, for every one of them.
 *
 * @throws EverycallError `bad-option` for a name that is no text
 */
export function renderSpeedscope(profile: Profile, options: SpeedscopeOptions = {}): string {
  const programs = profile.processes.map(({ argv }) => argv.join(' ')).filter((program) => program !== '');
  const name = checkedOption('renderSpeedscope', 'name', options.name, [...new Set(programs)].join(', '));
  const order = depthFirst(profile.stacks);
  const threads = titledThreads(profile);

  const sampled = (clock: Clock, title: string, thread?: number): SampledProfile => {
    const times = selfTimes(profile, clock, thread);
    const nodes = order.filter((node) => times[node] > 0);
    return {
      type: 'sampled',
      name: `${CLOCK_NAMES[clock]}, ${title}`,
      unit: 'nanoseconds',
      startValue: 0,
      endValue: nodes.reduce((sum, node) => sum + times[node], 0),
      samples: nodes.map((node) => stackOfNode(profile.stacks, node)),
      weights: nodes.map((node) => times[node]),
    };
  };
  const profiles = clocksOf(profile).flatMap((clock) => [
    sampled(clock, 'all threads'),
    ...(threads.length > 1 ? threads.map(({ id, title }) => sampled(clock, title, id)) : []),
  ]);

  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter: 'everycall',
    activeProfileIndex: 0,
    shared: { frames: profile.functions.map(frame) },
    profiles,
  })}\n`;
}

/** Line and column from 1. */
function frame(fn: FunctionStats): { name: string; file?: string; line?: number; col?: number } {
  const name = frameName(fn);
  return fn.file === '' ? { name } : { name, file: fn.file, line: fn.line, col: fn.column + 1 };
}
