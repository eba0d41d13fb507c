// The parts of the measurement: what each measures, and how it is shown.
import { growths } from './growths.ts';
import { pauses, reader, snapshots } from './read-parts.ts';
import { lengths, threads, ticks } from './run-parts.ts';

/** Runs a measurement of child.ts in a process of its own. */
export type Measure = <T>(what: string, ...args: unknown[]) => T;

export interface PartResult {
  readonly data: unknown;
  /** Markdown. */
  readonly text: string;
  /** SVG by file name. */
  readonly charts: Readonly<Record<string, string>>;
}

export interface Part {
  readonly name: string;
  run(measure: Measure, quick: boolean): PartResult;
}

export const PARTS: readonly Part[] = [growths, ticks, threads, lengths, snapshots, reader, pauses];
