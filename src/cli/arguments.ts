// Tells everycall's own options from what is not its to read, and takes each to what it was given. Knows which options
// there are and which command takes them; what their values mean is options.ts's.
import { parseArgs } from 'node:util';
import { EverycallError } from '../errors.ts';
import { nearest } from './suggest.ts';

const VALUE = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;

const OPTIONS = {
  sort: VALUE,
  limit: VALUE,
  columns: VALUE,
  clock: VALUE,
  'per-thread': FLAG,
  'per-process': FLAG,
  raw: FLAG,
  format: VALUE,
  output: { ...VALUE, short: 'o' },
  thread: VALUE,
  process: VALUE,
  tag: VALUE,
  name: VALUE,
  file: VALUE,
  package: VALUE,
  'strip-dirs': FLAG,
  include: VALUE,
  exclude: VALUE,
  precision: VALUE,
  overhead: VALUE,
  tick: VALUE,
  builtins: FLAG,
  'start-paused': FLAG,
  children: FLAG,
  record: VALUE,
  checkpoint: VALUE,
  strict: FLAG,
  quiet: FLAG,
  budget: VALUE,
  update: FLAG,
  monitor: FLAG,
  'monitor-http': VALUE,
  'monitor-remote': FLAG,
  push: VALUE,
  json: FLAG,
  once: FLAG,
  interval: VALUE,
  web: FLAG,
  open: FLAG,
  port: VALUE,
  help: { ...FLAG, short: 'h' },
  version: { ...FLAG, short: 'v' },
} as const;
export type OptionName = keyof typeof OPTIONS;

/** Names of all options, as the command line takes them. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

const RECORD: readonly OptionName[] = [
  ...(['include', 'exclude', 'precision', 'overhead', 'tick', 'builtins', 'start-paused', 'strict', 'quiet'] as const),
  ...([
    'children',
    'record',
    'checkpoint',
    'monitor',
    'monitor-http',
    'monitor-remote',
    'push',
    'web',
    'open',
  ] as const),
];
const PRINT: readonly OptionName[] = [
  'sort',
  'limit',
  'columns',
  'clock',
  'per-thread',
  'per-process',
  'raw',
  'format',
  'output',
];
const FILTER: readonly OptionName[] = ['thread', 'process', 'tag', 'name', 'file', 'package', 'strip-dirs'];

/** Which options each command takes, beside --help and --version. */
const TAKES = {
  run: [...PRINT, ...RECORD],
  report: [...PRINT, ...FILTER],
  diff: ['sort', 'limit', 'raw', 'format', 'output', ...FILTER],
  check: ['budget', 'update', 'format', 'output'],
  ps: ['json'],
  start: ['precision', 'overhead', 'tick', 'builtins'],
  stop: [],
  clear: ['tag'],
  snapshot: [...PRINT, ...FILTER],
  top: ['once', 'interval', 'sort', 'limit', 'thread', 'per-thread'],
  web: ['open', 'port'],
} satisfies Record<string, readonly OptionName[]>;
export type CommandName = keyof typeof TAKES;

/** Values of each option that was given, in order; `''` for one that takes none. */
export type Given = ReadonlyMap<OptionName, readonly string[]>;

export interface Arguments {
  readonly command: CommandName;
  readonly given: Given;
  /** The script and all its arguments, or the files that the other commands read. */
  readonly rest: readonly string[];
}

/**
 * Splits the arguments that follow `everycall`. Everything from the script on belongs to it: `parseArgs` alone would take
 * options of ours among the script's arguments, so its tokens are read up to there, and are checked here.
 *
 * @throws EverycallError `usage`
 */
export function splitArguments(argv: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<OptionName, string[]>();
  const files: string[] = [];
  let command: CommandName | undefined;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const name = optionName(token.name, token.rawName);
      const value = valueOf(name, token.rawName, token.value, token.inlineValue === true);
      given.set(name, [...(given.get(name) ?? []), value]);
    } else if (token.kind === 'option-terminator') {
      return checked({ command: command ?? 'run', given, rest: [...files, ...argv.slice(token.index + 1)] });
    } else if (command === undefined && Object.hasOwn(TAKES, token.value)) {
      command = token.value as CommandName;
    } else if (command !== undefined && command !== 'run') {
      files.push(token.value);
    } else {
      return checked({ command: 'run', given, rest: argv.slice(token.index) });
    }
  }
  return checked({ command: command ?? 'run', given, rest: files });
}

function checked(args: Arguments): Arguments {
  const { command, given } = args;
  if (given.has('help') || given.has('version')) return args;
  const takes: readonly OptionName[] = TAKES[command];
  const foreign = [...given.keys()].find((name) => !takes.includes(name));
  if (foreign === undefined) return args;
  const owners = (Object.keys(TAKES) as CommandName[]).filter((other) => (TAKES[other] as string[]).includes(foreign));
  const belongs = owners.map((owner) => `'${owner}'`).join(' and ');
  throw usage(`--${foreign} belongs to ${belongs}; '${command}' does not take it`);
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

export function usage(message: string, cause?: unknown): EverycallError {
  return new EverycallError('usage', message.replace(/\s+/g, ' '), { cause }); // one line, whatever was typed
}
