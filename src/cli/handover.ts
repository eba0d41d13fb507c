// What `everycall run` tells the process it starts: one environment variable, which that process removes before any code
// of the program runs, so neither the program nor the processes it starts ever see it.
import { resolve } from 'node:path';
import type { StartOptions } from '../options.ts';
import type { RegisterSettings } from '../register/settings.ts';
import type { ReportOptions, RunCommand } from './options.ts';

const VARIABLE = 'EVERYCALL_RUN';

export interface Handover {
  readonly register: RegisterSettings;
  readonly start: StartOptions;
  readonly startPaused: boolean;
  readonly report: ReportOptions;
  readonly quiet: boolean;
  /** The process that waits, and wants to know that a signal has arrived. */
  readonly parentPid: number;
}

/** @param cwd what the name of the report's file is relative to, wherever the program goes */
export function handoverOf(command: RunCommand, cwd = process.cwd()): Handover {
  const { table, raw, output } = command;
  return {
    register: {
      include: command.include.length > 0 ? command.include : undefined,
      exclude: command.exclude.length > 0 ? command.exclude : undefined,
      root: cwd,
      strict: command.strict,
      progress: !command.quiet,
    },
    start: {
      precision: command.precision,
      overhead: command.overhead,
      tickMs: command.tickMs,
      builtins: command.builtins || undefined,
    },
    startPaused: command.startPaused,
    report: {
      table,
      raw,
      output: { ...output, path: output.path === undefined ? undefined : resolve(cwd, output.path) },
    },
    quiet: command.quiet,
    parentPid: process.pid,
  };
}

export function environmentWith(handover: Handover): NodeJS.ProcessEnv {
  // JSON has no infinity, which is what `--limit all` is.
  const json = JSON.stringify(handover, (_, value: unknown) => (value === Infinity ? 'Infinity' : value));
  return { ...process.env, [VARIABLE]: json };
}

/** `null` in a process that was not started by `everycall run`, such as one that the program forked. */
export function takeHandover(): Handover | null {
  const json = process.env[VARIABLE];
  if (json === undefined) return null;
  delete process.env[VARIABLE];
  return JSON.parse(json, (key, value: unknown) =>
    key === 'limit' && value === 'Infinity' ? Infinity : value,
  ) as Handover;
}
