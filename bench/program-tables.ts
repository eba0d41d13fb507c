// The tables of programs: one a program, and one of what the tools make of their text.
import { table, whole, withSpread } from './markdown.ts';
import type { Measurement, ProgramResult, Row, Size } from './results.ts';
import { medianOf, spreadOf } from './statistics.ts';
import { addedNs, cpuOf, firstOf, overTwoClocks, relative, wallOf } from './targets.ts';

export function tablesOfPrograms(programs: readonly ProgramResult[]): string[] {
  return [...programs.flatMap(programTable), ...sizeTable(programs)];
}

const COLUMNS = [
  '',
  'ms a run',
  '× original',
  'CPU, × original',
  'first run, × original',
  'ns a call added',
  '÷ two clock reads',
  'peak RSS MB',
  'loaded after ms',
  'CPU ms until loaded',
];

function programTable(result: ProgramResult): string[] {
  const { program, reason, versions, calls, units, rows } = result;
  if (reason !== null) return [`## ${program}`, '', `${reason}.`, ''];
  const clockNs = rows.flatMap(({ rounds }) => rounds.map((each) => each.clockNs));
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const title = [program, ...named.filter((each) => !each.startsWith(`${program} `))].join(', ');
  const own = versions[program] === undefined ? '' : ` ${versions[program]}`;
  const counted = [
    calls === null ? 'calls not counted' : `${whole(calls)} calls a run`,
    ...(units === null ? [] : [`shown "a call" is each of ${whole(units)} units`]),
    ...(clockNs.length === 0 ? [] : [`performance.now() ${medianOf(clockNs).toFixed(0)} ns`]),
  ];
  return [
    `## ${title}${own}`,
    '',
    `${counted.join(', ')}.`,
    '',
    table(
      COLUMNS,
      rows.map((row) => programRow(result, row)),
    ),
    '',
  ];
}

function programRow(result: ProgramResult, { variant, reason, rounds }: Row<Measurement>): string[] {
  if (rounds.length === 0) return [variant, reason ?? ''];
  const of = (figure: (each: Measurement) => number, digits: number) =>
    withSpread(spreadOf(rounds.map(figure)), digits);
  const shown = (values: number[] | null, digits: number) =>
    values === null ? '' : withSpread(spreadOf(values), digits);
  return [
    variant,
    of((each) => wallOf(each) / 1e6, 2),
    shown(relative(result.rows, variant, wallOf), 2),
    shown(relative(result.rows, variant, cpuOf), 2),
    shown(relative(result.rows, variant, firstOf), 2),
    variant === 'original' ? '' : shown(addedNs(result, variant), 2),
    variant === 'exact' ? shown(overTwoClocks(result), 2) : '',
    of((each) => each.maxRssBytes / 1e6, 0),
    of((each) => each.loaded.wallMs, 0),
    of((each) => each.loaded.cpuMs, 0),
  ];
}

function sizeTable(programs: readonly ProgramResult[]): string[] {
  const rows = programs.flatMap(({ program, sizes }) => sizes.map((size) => [program, ...sizeRow(size)]));
  if (rows.length === 0) return [];
  return [
    '## Text and its compilation',
    '',
    'Files that are loaded and instrumented; CPU time of a process that compiles them without a cache, one process.',
    '',
    table(['', 'by', 'files', 'KB before', 'KB after', '×', '× gzipped', 'CPU ms'], rows),
    '',
  ];
}

function sizeRow(size: Size): string[] {
  if (size.reason !== null) return [size.tool, size.reason];
  return [
    size.tool,
    String(size.files),
    (size.originalBytes / 1e3).toFixed(1),
    (size.bytes / 1e3).toFixed(1),
    (size.bytes / size.originalBytes).toFixed(2),
    (size.gzipBytes / size.originalGzipBytes).toFixed(2),
    size.transformCpuMs.toFixed(0),
  ];
}
