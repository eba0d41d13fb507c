// What a recorded process is told, and how it travels: by one environment variable and a preload in NODE_OPTIONS, both of
// which the process takes out of its environment before any code of the program runs; to its workers by worker_threads'
// environment data.
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { EverycallError } from '../errors.ts';
import type { MonitorOptions } from '../monitor/options.ts';
import type { StartOptions } from '../options.ts';
import type { PushOptions } from '../push/options.ts';
import { PRELOAD_FILE } from '../register/package-root.ts';
import type { RegisterSettings } from '../register/settings.ts';

export interface RecordingSettings {
  /** Absolute path of the folder that every process writes its files to. */
  readonly directory: string;
  /** How each process starts the profiler. */
  readonly start: StartOptions;
  /** Leave starting to the program. Default: false. */
  readonly startPaused?: boolean;
  /**
   * Time from one checkpoint to the next, in seconds: what a process that is killed loses at most. 0 for none.
   * Default {@link DEFAULT_CHECKPOINT_SECONDS}.
   */
  readonly checkpointSeconds?: number;
  /** What is instrumented. */
  readonly register?: RegisterSettings;
  /** Record also what the process starts, and what that starts. Default: true. */
  readonly children?: boolean;
  /** Let others look at each process while it runs. Default: false. */
  readonly monitor?: boolean | MonitorOptions;
  /** Push what each process does to a server. Default: nowhere. */
  readonly push?: PushOptions;
  /** The process that waits for this one, and wants a SIGUSR2 when an ending signal has arrived. Default: none. */
  readonly waitingPid?: number;
}

/** Rare enough to cost nothing worth naming, often enough that what is lost is not missed. */
export const DEFAULT_CHECKPOINT_SECONDS = 5;

const VARIABLE = 'EVERYCALL_RECORDING';
const THREADS_KEY = 'everycall.recording/1';
/** Within its quotes NODE_OPTIONS knows the escapes that JSON makes. */
const PRELOAD_OPTION = `--require ${JSON.stringify(PRELOAD_FILE)}`;

/** The environment with all that makes a Node process, or one that it starts, record itself. */
export function environmentWith(settings: RecordingSettings, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const options = environment['NODE_OPTIONS'];
  return {
    ...environment,
    NODE_OPTIONS: options ? `${PRELOAD_OPTION} ${options}` : PRELOAD_OPTION,
    [VARIABLE]: JSON.stringify(settings),
  };
}

/**
 * What this process was told, taken out of its environment; on other threads what their process was. `null` if nothing.
 *
 * @throws EverycallError `bad-option` if it is no such thing
 */
export function takeSettings(): RecordingSettings | null {
  if (!isMainThread) return (getEnvironmentData(THREADS_KEY) as unknown as RecordingSettings | undefined) ?? null;
  const { env } = process;
  const json = env[VARIABLE];
  delete env[VARIABLE];
  const options = env['NODE_OPTIONS'];
  if (options === PRELOAD_OPTION) delete env['NODE_OPTIONS'];
  else if (options?.startsWith(`${PRELOAD_OPTION} `)) env['NODE_OPTIONS'] = options.slice(PRELOAD_OPTION.length + 1);
  if (json === undefined) return null;
  const settings = parse(json);
  shareRecording(settings);
  return settings;
}

/** Notes that this process is recorded so, for its workers and for {@link recordedBy}. */
export function shareRecording(settings: RecordingSettings): void {
  setEnvironmentData(THREADS_KEY, settings as unknown as Parameters<typeof setEnvironmentData>[1]);
}

/** How this process is recorded; `null` if it is not. The same in any copy of this file. */
export function recordedBy(): RecordingSettings | null {
  return (getEnvironmentData(THREADS_KEY) as unknown as RecordingSettings | undefined) ?? null;
}

function parse(json: string): RecordingSettings {
  try {
    const settings = JSON.parse(json) as RecordingSettings | null;
    if (typeof settings?.directory === 'string' && typeof settings.start === 'object') return settings;
  } catch {
    // as below
  }
  throw new EverycallError('bad-option', `${VARIABLE}: expected what everycall sets itself, got ${json.slice(0, 200)}`);
}
