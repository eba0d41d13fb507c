// The command line: which command, with which options. Reads arguments only; touches no file and prints nothing.
import { BINARY_FORMATS, FORMAT_IDS, formatOfFile } from '../exporters/format-names.ts';
import type { FormatId } from '../exporters/format-names.ts';
import type { TableOptions } from '../exporters/table.ts';
import { isLoopback, type MonitorOptions, parseHttpAddress } from '../monitor/options.ts';
import { checkPushOptions } from '../push/options.ts';
import type { StartOptions } from '../options.ts';
import type { Precision } from '../profile.ts';
import { CLOCKS, parseColumns } from '../statistics/columns.ts';
import { parseDiffSort } from '../statistics/diff-sort.ts';
import type { ProfileFilter } from '../statistics/filter.ts';
import { parseSort } from '../statistics/sort.ts';
import { splitArguments, usage } from './arguments.ts';
import type { CommandName, Given, OptionName } from './arguments.ts';
import { nearest } from './suggest.ts';
import { parseTopSort, type TopSort } from './top/sort.ts';

/** Where a command's result goes, and as what. */
export interface Output<Format extends string> {
  readonly format: Format;
  /** Where to write; `undefined` to print. */
  readonly path: string | undefined;
}

/** What a report is to look like. */
export interface ReportOptions {
  /** For `renderTable` and its like; width, colours and folder are not on the command line. */
  readonly table: Pick<TableOptions, 'sort' | 'limit' | 'columns' | 'clock' | 'perThread' | 'perProcess'>;
  /** Do not subtract the hooks' cost. */
  readonly raw: boolean;
  readonly output: Output<FormatId>;
}

/** What of the saved profiles a command looks at. */
export interface Selection {
  readonly filter: ProfileFilter;
  readonly stripDirs: boolean;
}

export interface RunCommand extends ReportOptions {
  readonly command: 'run';
  readonly script: string;
  /** Everything after the script, untouched. */
  readonly args: readonly string[];
  readonly precision: Precision | undefined;
  readonly overhead: number | undefined;
  readonly tickMs: number | undefined;
  readonly builtins: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly startPaused: boolean;
  /** Record what the program starts, too. */
  readonly children: boolean;
  /** Folder for the files of all processes, to be kept. */
  readonly record: string | undefined;
  /** 0 for none. */
  readonly checkpointSeconds: number | undefined;
  readonly strict: boolean;
  readonly quiet: boolean;
  /** `false` for none. */
  readonly monitor: boolean | MonitorOptions;
  /** Server that profiles are pushed to. */
  readonly push?: string;
  /** Serve the page while it runs; `open` shows it, too. */
  readonly web: false | { readonly open: boolean };
}

export interface ReportCommand extends ReportOptions, Selection {
  readonly command: 'report';
  readonly files: readonly string[];
}

export const DIFF_FORMATS = ['table', 'markdown', 'json'] as const;

export interface DiffCommand extends Selection {
  readonly command: 'diff';
  readonly before: string;
  readonly after: string;
  readonly settings: { readonly sort: string | undefined; readonly limit: number | 'all' | undefined };
  readonly raw: boolean;
  readonly output: Output<(typeof DIFF_FORMATS)[number]>;
}

export const CHECK_FORMATS = ['text', 'github', 'junit', 'json'] as const;

export interface CheckCommand {
  readonly command: 'check';
  readonly files: readonly string[];
  readonly budget: string;
  /** Write the limits that the profile just meets, instead of checking. */
  readonly update: boolean;
  readonly output: Output<(typeof CHECK_FORMATS)[number]>;
}

export interface PsCommand {
  readonly command: 'ps';
  readonly json: boolean;
}

/** Which process; `undefined` for the only one that there is. */
interface Attached {
  readonly pid: number | undefined;
}

export interface StartCommand extends Attached {
  readonly command: 'start';
  readonly options: Pick<StartOptions, 'precision' | 'overhead' | 'tickMs' | 'builtins'>;
}

export interface StopCommand extends Attached {
  readonly command: 'stop';
}

export interface ClearCommand extends Attached {
  readonly command: 'clear';
  readonly tag: string | undefined;
}

export interface SnapshotCommand extends Attached, ReportOptions, Selection {
  readonly command: 'snapshot';
}

export interface TopCommand extends Attached {
  readonly command: 'top';
  /** Print one page and end. */
  readonly once: boolean;
  readonly intervalSeconds: number;
  readonly sort: TopSort;
  /** `undefined` for as many as fit. */
  readonly limit: number | 'all' | undefined;
  /** `LiveThread.id`; `undefined` for all. */
  readonly thread: number | undefined;
  /** List threads, not functions. */
  readonly perThread: boolean;
}

/** `everycall web` */
export interface WebCommand extends Attached {
  readonly command: 'web';
  /** Show the page in the browser of the system. */
  readonly open: boolean;
  /** 0 for any that is free. */
  readonly port: number;
}

export type Command =
  | RunCommand
  | ReportCommand
  | DiffCommand
  | CheckCommand
  | PsCommand
  | StartCommand
  | StopCommand
  | ClearCommand
  | SnapshotCommand
  | TopCommand
  | WebCommand
  | { readonly command: 'help' }
  | { readonly command: 'version' };

const PRECISIONS: readonly Precision[] = ['adaptive', 'exact', 'sampled'];

/**
 * Reads the arguments that follow `everycall`.
 *
 * @throws EverycallError `usage`, one line saying what was expected and what came
 */
export function parseCommandLine(argv: readonly string[]): Command {
  const { command, given, rest } = splitArguments(argv);
  if (given.has('help')) return { command: 'help' };
  if (given.has('version')) return { command: 'version' };
  switch (command) {
    case 'run':
      return runCommand(given, rest);
    case 'report':
      if (rest.length === 0) throw usage("'report' expects one FILE or more, got none");
      return { command, files: rest, ...reportOptions(given), ...selection(given) };
    case 'diff': {
      if (rest.length !== 2) throw usage(`'diff' expects two files, BEFORE and AFTER, got ${rest.length || 'none'}`);
      const [before, after] = rest;
      return {
        command,
        before,
        after,
        settings: {
          sort: read(given, 'sort', (text) => checked('sort', text, parseDiffSort)),
          limit: limitOf(given),
        },
        raw: given.has('raw'),
        output: outputOf(given, DIFF_FORMATS, (path) => {
          const format = formatOfFile(path);
          return format === 'json' || format === 'markdown' ? format : 'table';
        }),
        ...selection(given),
      };
    }
    case 'check': {
      if (rest.length === 0) throw usage("'check' expects one FILE or more, got none");
      const budget = last(given, 'budget');
      if (budget === undefined || budget === '') throw usage("'check' expects a budget, got none: --budget FILE");
      const output = outputOf(given, CHECK_FORMATS, (path) =>
        /\.xml$/i.test(path) ? 'junit' : /\.json$/i.test(path) ? 'json' : 'text',
      );
      return { command, files: rest, budget, update: given.has('update'), output };
    }
    case 'ps':
      if (rest.length > 0) throw usage(`'ps' expects no arguments, got '${rest[0]}'`);
      return { command, json: given.has('json') };
    case 'start':
      return { command, pid: pidOf(command, rest), options: defined(timeOptions(given)) };
    case 'stop':
      return { command, pid: pidOf(command, rest) };
    case 'clear':
      return { command, pid: pidOf(command, rest), tag: last(given, 'tag') };
    case 'snapshot':
      return { command, pid: pidOf(command, rest), ...reportOptions(given), ...selection(given) };
    case 'top':
      return topCommand(given, rest);
    case 'web':
      return {
        command,
        pid: pidOf(command, rest),
        open: given.has('open'),
        port:
          read(given, 'port', (text) =>
            numberOf('port', text, 'a port, 0 to 65535', (port) => Number.isInteger(port) && port <= 65535),
          ) ?? 0,
      };
  }
}

function runCommand(given: Given, rest: readonly string[]): RunCommand {
  if (rest.length === 0) throw usage("expected a script to run, got none; see 'everycall --help'");
  if (rest[0] === '') throw usage('expected a script to run, got an empty name');
  const report = reportOptions(given);
  if (report.output.path === undefined && BINARY_FORMATS.includes(report.output.format)) {
    throw usage(`--format ${report.output.format} is no text to print; expected --output FILE with it`);
  }
  return {
    command: 'run',
    script: rest[0],
    args: rest.slice(1),
    ...timeOptions(given),
    builtins: given.has('builtins'),
    include: globs('include', given),
    exclude: globs('exclude', given),
    startPaused: given.has('start-paused'),
    children: given.has('children'),
    record: read(given, 'record', (text) => {
      if (text === '') throw usage('--record expects the name of a folder, got an empty one');
      return text;
    }),
    checkpointSeconds: read(given, 'checkpoint', (text) =>
      text === 'off'
        ? 0
        : numberOf(
            'checkpoint',
            text,
            "seconds from 0.1 to 3600, or 'off'",
            (seconds) => seconds >= 0.1 && seconds <= 3600,
          ),
    ),
    strict: given.has('strict'),
    quiet: given.has('quiet'),
    monitor: monitorOf(given) || given.has('web'),
    ...(given.has('push') && { push: read(given, 'push', pushUrl) }),
    web: webOf(given),
    ...report,
  };
}

function topCommand(given: Given, rest: readonly string[]): TopCommand {
  const sort = last(given, 'sort');
  return {
    command: 'top',
    pid: pidOf('top', rest),
    once: given.has('once'),
    intervalSeconds:
      read(given, 'interval', (text) =>
        numberOf('interval', text, 'seconds from 0.1 to 10', (seconds) => seconds >= 0.1 && seconds <= 10),
      ) ?? 1,
    sort: parseTopSort(sort === undefined ? 'selfWall' : checked('sort', sort, parseTopSort)),
    limit: limitOf(given),
    thread: threadOf(given),
    perThread: given.has('per-thread'),
  };
}

/** How time is charged. */
function timeOptions(given: Given): Pick<RunCommand, 'precision' | 'overhead' | 'tickMs'> & { builtins?: true } {
  return {
    precision: read(given, 'precision', (text) => oneOf('precision', text, PRECISIONS)),
    overhead: read(given, 'overhead', (text) =>
      numberOf('overhead', text, 'a number above 0 and up to 1', (share) => share > 0 && share <= 1),
    ),
    tickMs: read(given, 'tick', (text) =>
      numberOf('tick', text, 'milliseconds from 0.1 to 1000', (ms) => ms >= 0.1 && ms <= 1000),
    ),
    ...(given.has('builtins') && { builtins: true }),
  };
}

function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Refused here, before anything is started. */
function pushUrl(url: string): string {
  checkPushOptions('--push', { url });
  return url;
}

function monitorOf(given: Given): boolean | MonitorOptions {
  const address = read(given, 'monitor-http', (text) => {
    const parsed = parseHttpAddress(text);
    if (parsed === null) throw usage(`--monitor-http expects [HOST:]PORT, port 0 for any that is free, got '${text}'`);
    return parsed;
  });
  if (address === undefined) {
    if (given.has('monitor-remote')) throw usage('--monitor-remote expects --monitor-http HOST:PORT with it');
    return given.has('monitor');
  }
  if (!given.has('monitor-remote')) {
    if (address.host === undefined || isLoopback(address.host)) return { http: address };
    throw usage(
      `--monitor-http expects --monitor-remote with an address that other machines reach, got ${address.host}`,
    );
  }
  return { http: { ...address, allowRemote: true } };
}

function webOf(given: Given): RunCommand['web'] {
  if (!given.has('web') && given.has('open')) throw usage('--open expects --web with it');
  return given.has('web') && { open: given.has('open') };
}

function pidOf(command: CommandName, rest: readonly string[]): number | undefined {
  if (rest.length > 1) throw usage(`'${command}' expects one PID, got ${rest.length} arguments`);
  if (rest.length === 0) return undefined;
  const [text] = rest;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw usage(`'${command}' expects the PID of a process, a number, got '${text}'; 'everycall ps' lists them`);
}

function reportOptions(given: Given): ReportOptions {
  return {
    table: {
      sort: read(given, 'sort', (text) => checked('sort', text, () => parseSort(text))),
      limit: limitOf(given),
      columns: read(given, 'columns', (text) => checked('columns', text.split(','), parseColumns)),
      clock: read(given, 'clock', (text) => oneOf('clock', text, CLOCKS)),
      perThread: given.has('per-thread'),
      perProcess: given.has('per-process'),
    },
    raw: given.has('raw'),
    output: outputOf(given, FORMAT_IDS, formatOfFile),
  };
}

function threadOf(given: Given): number | undefined {
  return read(given, 'thread', (text) =>
    numberOf('thread', text, 'the id of a thread, 0 or above', (id) => Number.isSafeInteger(id)),
  );
}

function selection(given: Given): Selection {
  const filter: Record<string, unknown> = {
    thread: threadOf(given),
    process: read(given, 'process', (text) =>
      numberOf('process', text, 'the id of a process, 0 or above', (id) => Number.isSafeInteger(id)),
    ),
    tag: last(given, 'tag'),
    name: last(given, 'name'),
    file: last(given, 'file'),
    package: last(given, 'package'),
  };
  for (const [name, value] of Object.entries(filter)) if (value === undefined) delete filter[name];
  return { filter, stripDirs: given.has('strip-dirs') };
}

// ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of an option that is given several times the last counts. */
function last(given: Given, name: OptionName): string | undefined {
  return given.get(name)?.at(-1);
}

function read<T>(given: Given, name: OptionName, readText: (text: string) => T): T | undefined {
  const text = last(given, name);
  return text === undefined ? undefined : readText(text);
}

/** What reads the text throws 'bad-option'; on the command line that is wrong usage. */
function checked<T>(name: OptionName, value: T, readValue: (value: T) => unknown): T {
  try {
    readValue(value);
    return value;
  } catch (error) {
    throw usage(`--${name}: ${(error as Error).message}`, error);
  }
}

function oneOf<T extends string>(name: OptionName, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  const meant = nearest(text, values);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw usage(`--${name} expects one of ${values.join(', ')}, got '${text}'${hint}`);
}

function numberOf(name: OptionName, text: string, expected: string, isValid: (value: number) => boolean): number {
  // Number() would also take '', ' 1' and '0x1'.
  const value = /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!isValid(value)) throw usage(`--${name} expects ${expected}, got '${text}'`);
  return value;
}

function limitOf(given: Given): number | 'all' | undefined {
  return read(given, 'limit', (text) => {
    if (text === 'all') return text;
    return numberOf('limit', text, "a whole number from 1, or 'all'", (n) => Number.isSafeInteger(n) && n >= 1);
  });
}

function globs(name: OptionName, given: Given): readonly string[] {
  const all = given.get(name) ?? [];
  if (all.includes('')) throw usage(`--${name} expects a glob, got an empty one`);
  return all;
}

/** The format that is asked for, else the one that the file's name means, else the first. */
function outputOf<Format extends string>(
  given: Given,
  formats: readonly Format[],
  ofFile: (path: string) => Format,
): Output<Format> {
  const path = last(given, 'output');
  if (path === '') throw usage('--output expects the name of a file, got an empty one');
  const asked = read(given, 'format', (text) => oneOf('format', text, formats));
  return { path, format: asked ?? (path === undefined ? formats[0] : ofFile(path)) };
}
