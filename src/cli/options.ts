// The command line: which command, with which options. Reads arguments only; touches no file and prints nothing.
import { parseArgs } from 'node:util';
import { EverycallError } from '../errors.ts';
import type { TableOptions } from '../exporters/table.ts';
import type { Precision } from '../profile.ts';
import { CLOCKS, parseColumns } from '../statistics/columns.ts';
import { parseSort } from '../statistics/sort.ts';
import { nearest } from './suggest.ts';

/** What both commands print. */
export interface ReportOptions {
  /** For `renderTable`; width, colours and folder are not on the command line. */
  readonly table: Pick<TableOptions, 'sort' | 'limit' | 'columns' | 'clock' | 'perThread'>;
  /** Do not subtract the hooks' cost. */
  readonly raw: boolean;
  /** Where to write instead of printing. */
  readonly output: Output | undefined;
}

export interface Output {
  readonly path: string;
  /** By its name: `.json` and `.json.gz` take the profile, any other the report as text. */
  readonly format: 'profile' | 'table';
}

export interface RunCommand extends ReportOptions {
  readonly command: 'run';
  readonly script: string;
  /** Everything after the script, untouched. */
  readonly args: readonly string[];
  readonly precision: Precision | undefined;
  readonly overhead: number | undefined;
  readonly tickMs: number | undefined;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly startPaused: boolean;
  readonly strict: boolean;
  readonly quiet: boolean;
}

export interface ReportCommand extends ReportOptions {
  readonly command: 'report';
  readonly file: string;
}

export type Command = RunCommand | ReportCommand | { readonly command: 'help' } | { readonly command: 'version' };

const REPORT_OPTIONS = {
  sort: { type: 'string' },
  limit: { type: 'string' },
  columns: { type: 'string' },
  clock: { type: 'string' },
  'per-thread': { type: 'boolean' },
  raw: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const OPTIONS = {
  ...REPORT_OPTIONS,
  include: { type: 'string' },
  exclude: { type: 'string' },
  precision: { type: 'string' },
  overhead: { type: 'string' },
  tick: { type: 'string' },
  'start-paused': { type: 'boolean' },
  strict: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const;
type OptionName = keyof typeof OPTIONS;

/** Names of all options, as the command line takes them. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

const PRECISIONS: readonly Precision[] = ['adaptive', 'exact', 'sampled'];

/**
 * Reads the arguments that follow `everycall`.
 *
 * @throws EverycallError `usage`, one line saying what was expected and what came
 */
export function parseCommandLine(argv: readonly string[]): Command {
  const { command, given, rest } = split(argv);
  if (given.has('help')) return { command: 'help' };
  if (given.has('version')) return { command: 'version' };
  const last = <T>(name: OptionName, read: (text: string) => T): T | undefined => {
    const text = given.get(name)?.at(-1);
    return text === undefined ? undefined : read(text);
  };
  const report: ReportOptions = {
    table: {
      sort: last('sort', (text) => checked('sort', text, () => parseSort(text))),
      limit: last('limit', limitOf),
      columns: last('columns', (text) => checked('columns', text.split(','), parseColumns)),
      clock: last('clock', (text) => oneOf('clock', text, CLOCKS)),
      perThread: given.has('per-thread'),
    },
    raw: given.has('raw'),
    output: last('output', outputOf),
  };
  if (command === 'report') {
    const foreign = [...given.keys()].find((name) => !Object.hasOwn(REPORT_OPTIONS, name));
    if (foreign !== undefined) throw usage(`--${foreign} belongs to 'run'; 'report' does not take it`);
    if (rest.length !== 1) throw usage(`'report' expects one FILE, got ${rest.length === 0 ? 'none' : rest.length}`);
    return { command, file: rest[0], ...report };
  }
  if (rest.length === 0) throw usage("expected a script to run, got none; see 'everycall --help'");
  if (rest[0] === '') throw usage('expected a script to run, got an empty name');
  return {
    command,
    script: rest[0],
    args: rest.slice(1),
    precision: last('precision', (text) => oneOf('precision', text, PRECISIONS)),
    overhead: last('overhead', (text) =>
      numberOf('overhead', text, 'a number above 0 and up to 1', (share) => share > 0 && share <= 1),
    ),
    tickMs: last('tick', (text) =>
      numberOf('tick', text, 'milliseconds from 0.1 to 1000', (ms) => ms >= 0.1 && ms <= 1000),
    ),
    include: globs('include', given),
    exclude: globs('exclude', given),
    startPaused: given.has('start-paused'),
    strict: given.has('strict'),
    quiet: given.has('quiet'),
    ...report,
  };
}

/** Values of each option that was given, in order; `''` for one that takes none. */
type Given = ReadonlyMap<OptionName, readonly string[]>;

interface Split {
  readonly command: 'run' | 'report';
  readonly given: Given;
  /** The script and all its arguments, or the files of a report. */
  readonly rest: readonly string[];
}

/**
 * Tells everycall's own options from what is not its to read: everything from the script on. `parseArgs` alone would
 * take options of ours among the script's arguments, so its tokens are read up to there, and are checked here.
 */
function split(argv: readonly string[]): Split {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<OptionName, string[]>();
  const files: string[] = [];
  let command: Split['command'] | undefined;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const name = optionName(token.name, token.rawName);
      const value = valueOf(name, token.rawName, token.value, token.inlineValue === true);
      given.set(name, [...(given.get(name) ?? []), value]);
    } else if (token.kind === 'option-terminator') {
      return { command: command ?? 'run', given, rest: [...files, ...argv.slice(token.index + 1)] };
    } else if (command === undefined && (token.value === 'run' || token.value === 'report')) {
      command = token.value;
    } else if (command === 'report') {
      files.push(token.value);
    } else {
      return { command: 'run', given, rest: argv.slice(token.index) };
    }
  }
  return { command: command ?? 'run', given, rest: files };
}

function optionName(name: string, typed: string): OptionName {
  if (Object.hasOwn(OPTIONS, name)) return name as OptionName;
  const meant = nearest(name, OPTION_NAMES);
  const hint = meant === undefined ? "see 'everycall --help'" : `did you mean --${meant}?`;
  throw usage(`expected an option of everycall, got '${typed}'; ${hint}`);
}

function valueOf(name: OptionName, typed: string, value: string | undefined, isInline: boolean): string {
  if (OPTIONS[name].type === 'boolean') {
    if (value !== undefined) throw usage(`${typed} takes no value, got '${value}'`);
    return '';
  }
  if (value === undefined) throw usage(`${typed} expects a value, got none`);
  // `--sort --limit 5`: rather a value that was forgotten than one that looks like an option.
  if (!isInline && value.length > 1 && value.startsWith('-')) {
    throw usage(`${typed} expects a value, got '${value}'; if that is the value, write ${typed}=${value}`);
  }
  return value;
}

/** What reads the text throws 'bad-option'; on the command line that is wrong usage. */
function checked<T>(name: OptionName, value: T, read: (value: T) => unknown): T {
  try {
    read(value);
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

function limitOf(text: string): number | 'all' {
  if (text === 'all') return text;
  return numberOf('limit', text, "a whole number from 1, or 'all'", (n) => Number.isSafeInteger(n) && n >= 1);
}

function globs(name: OptionName, given: Given): readonly string[] {
  const all = given.get(name) ?? [];
  if (all.includes('')) throw usage(`--${name} expects a glob, got an empty one`);
  return all;
}

function outputOf(path: string): Output {
  if (path === '') throw usage('--output expects the name of a file, got an empty one');
  return { path, format: /\.json(\.gz)?$/i.test(path) ? 'profile' : 'table' };
}

function usage(message: string, cause?: unknown): EverycallError {
  return new EverycallError('usage', message, { cause });
}
