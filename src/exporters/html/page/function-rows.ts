// Functions as rows, with the figures of a selection. Sums whole columns at once, and makes parts and histograms only when
// somebody looks at them: of 20,000 functions with some parts each that would be most of the time until the page is there.
// No DOM.
import type { FunctionFigures, FunctionPart, FunctionStats } from '../../../profile.ts';
import { keyOf } from '../../../statistics/assembly.ts';
import { FUNCTION_ADDITION, sumParts } from '../../../statistics/figures.ts';
import { FUNCTION_COLUMNS } from '../embedded.ts';
import type { Column, EmbeddedDurations, EmbeddedFunctions } from '../embedded.ts';
import { at, starts } from './column.ts';
import { isSelected } from './selection.ts';
import type { Selection } from './selection.ts';

/** All functions, by id. */
export type FunctionRows = (selection: Selection) => FunctionStats[];

export function readFunctions(embedded: EmbeddedFunctions): FunctionRows {
  const { name, file, line, column, kind, files, kinds, parts } = embedded;
  const start = starts(parts.count, name.length);
  const size = start[name.length];
  const durationsOf = readDurations(embedded.durations, size);
  const rowOfPart = new Int32Array(size);
  name.forEach((_, id) => rowOfPart.fill(id, start[id], start[id + 1]));

  const partAt = (p: number): FunctionPart => {
    const figures: Record<string, unknown> = { thread: at(parts.thread, p), tag: at(parts.tag, p) };
    for (const figure of FUNCTION_COLUMNS) figures[figure] = at<number | null>(parts[figure], p);
    figures.durations = durationsOf(p);
    return figures as unknown as FunctionPart;
  };

  return (selection) => {
    const chosen = new Int32Array(size);
    let count = 0;
    for (let p = 0; p < size; p++) {
      if (isSelected(selection, at(parts.thread, p), at(parts.tag, p))) chosen[count++] = p;
    }
    // As src/statistics/figures.ts adds, without an object for each part; tests compare the two. No CPU time is NaN.
    const added = (figure: Column<number | null>, add: (a: number, b: number) => number) => {
      const all = new Float64Array(name.length);
      if (figure === 0) return all;
      for (let i = 0; i < count; i++) {
        const row = rowOfPart[chosen[i]];
        all[row] = add(all[row], at(figure, chosen[i]) ?? NaN);
      }
      return all;
    };
    const sums = (figure: Column<number | null>) => added(figure, (a, b) => a + b);
    const cpu = (ns: number) => (Number.isNaN(ns) ? null : ns);
    const calls = sums(parts.calls);
    const primitiveCalls = sums(parts.primitiveCalls);
    const resumes = sums(parts.resumes);
    const awaitNs = sums(parts.awaitNs);
    const selfWallNs = sums(parts.selfWallNs);
    const selfCpuNs = sums(parts.selfCpuNs);
    const totalWallNs = sums(parts.totalWallNs);
    const totalCpuNs = sums(parts.totalCpuNs);
    const open = sums(parts.open);
    const errors = sums(parts.errors);
    const selfErrorNs = added(parts.selfErrorNs, Math.hypot);
    const totalErrorNs = added(parts.totalErrorNs, Math.hypot);
    const maxTotalNs = added(parts.maxTotalNs, Math.max);
    const longestBlockNs = added(parts.longestBlockNs, Math.max);

    const partsOf = (id: number) => {
      const own: FunctionPart[] = [];
      for (let p = start[id]; p < start[id + 1]; p++) {
        if (isSelected(selection, at(parts.thread, p), at(parts.tag, p))) own.push(partAt(p));
      }
      return own;
    };
    return name.map((text, id) => {
      const row = new FunctionRow(partsOf);
      row.id = id;
      row.name = text;
      row.file = files[at(file, id)];
      row.line = at(line, id);
      row.column = at(column, id);
      row.kind = kinds[at(kind, id)] as FunctionStats['kind'];
      row.calls = calls[id];
      row.primitiveCalls = primitiveCalls[id];
      row.resumes = resumes[id];
      row.awaitNs = awaitNs[id];
      row.selfWallNs = selfWallNs[id];
      row.selfCpuNs = cpu(selfCpuNs[id]);
      row.totalWallNs = totalWallNs[id];
      row.totalCpuNs = cpu(totalCpuNs[id]);
      row.open = open[id];
      row.errors = errors[id];
      row.selfErrorNs = selfErrorNs[id];
      row.totalErrorNs = totalErrorNs[id];
      row.maxTotalNs = maxTotalNs[id];
      row.longestBlockNs = longestBlockNs[id];
      return row;
    });
  };
}

/** A class for its getters: 20,000 objects with getters of their own would take longer than all else. */
class FunctionRow implements FunctionStats {
  id = 0;
  name = '';
  file = '';
  line = 0;
  column = 0;
  kind: FunctionStats['kind'] = 'function';
  calls = 0;
  primitiveCalls = 0;
  resumes = 0;
  awaitNs = 0;
  selfWallNs = 0;
  selfCpuNs: number | null = 0;
  totalWallNs = 0;
  totalCpuNs: number | null = 0;
  open = 0;
  errors = 0;
  selfErrorNs = 0;
  totalErrorNs = 0;
  maxTotalNs = 0;
  longestBlockNs = 0;
  readonly #partsOf: (id: number) => FunctionPart[];
  #parts: FunctionPart[] | undefined;
  #durations: FunctionFigures['durations'] | undefined;

  constructor(partsOf: (id: number) => FunctionPart[]) {
    this.#partsOf = partsOf;
  }

  get key(): string {
    return keyOf(this);
  }

  get parts(): readonly FunctionPart[] {
    return (this.#parts ??= this.#partsOf(this.id));
  }

  get durations(): FunctionFigures['durations'] {
    return (this.#durations ??= sumParts(this.parts, FUNCTION_ADDITION).durations);
  }
}

function readDurations(
  { bounds, count, bucket, calls }: EmbeddedDurations,
  parts: number,
): (part: number) => FunctionFigures['durations'] {
  const start = starts(count, parts);
  return (part) => {
    const buckets = [];
    for (let b = start[part]; b < start[part + 1]; b++) {
      const [fromNs, toNs] = bounds[at(bucket, b)];
      buckets.push({ fromNs, toNs, calls: at(calls, b) });
    }
    return buckets;
  };
}
