// Records this process into a file of its own: a marker that it exists, checkpoints while it runs, and its profile when it
// ends, in whatever way it does. Nothing that goes wrong here is the program's trouble.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { snapshot, start, stop } from '../api.ts';
import { save } from '../files.ts';
import { endMonitor, startMonitor } from '../monitor/start-monitor.ts';
import { complain, messageOf } from '../output.ts';
import { systemStart } from './alive.ts';
import { startCheckpoints } from './checkpoints.ts';
import { watchEndings } from './endings.ts';
import { fileOf, type Marker, newProcessName } from './names.ts';
import { DEFAULT_CHECKPOINT_SECONDS, type RecordingSettings } from './settings.ts';

export interface Recording {
  /** Stops the profiler and writes the profile. The first call does, or else the end of the process; later ones nothing. */
  finish(): void;
}

/**
 * Begins to record this process. To be called once, on the main thread.
 *
 * @param onSignal what else is to be done before a signal ends the process
 */
export function beginRecording(settings: RecordingSettings, onSignal = (): void => undefined): Recording {
  const { directory, checkpointSeconds = DEFAULT_CHECKPOINT_SECONDS } = settings;
  const name = newProcessName();
  // The folder goes when its report is made; processes that outlive it have nobody to tell.
  const attempt = (what: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      if (existsSync(directory)) complain(`cannot write the ${what} of process ${process.pid}: ${messageOf(error)}`);
    }
  };
  attempt('marker', () => writeFileSync(fileOf(directory, name, 'marker'), JSON.stringify(marker())));
  const checkpoint = fileOf(directory, name, 'checkpoint');
  const checkpoints = checkpointSeconds > 0 ? startCheckpoints(checkpoint, checkpointSeconds * 1000) : null;
  let isFinished = false;
  const finish = (): void => {
    if (isFinished) return;
    isFinished = true;
    attempt('profile', () => {
      stop();
      checkpoints?.end();
      save(snapshot(), fileOf(directory, name, 'profile'));
      rmSync(checkpoint, { force: true });
    });
    endMonitor();
  };
  watchEndings({
    exit: finish,
    seen: () => acknowledge(settings.waitingPid),
    handled: (signal, isHandled) => checkpoints?.setListening(signal, isHandled),
    signal() {
      finish();
      onSignal();
      return checkpoints?.releaseSignals() ?? true;
    },
  });
  process.abort = new Proxy(process.abort, {
    apply(abort, self, args: []) {
      finish();
      return Reflect.apply(abort, self, args);
    },
  });
  startMonitor(settings.monitor ?? false, undefined, settings.push);
  if (!settings.startPaused) start(settings.start);
  return { finish };
}

function marker(): Marker {
  const { pid, argv, version } = process;
  return {
    pid,
    systemStart: systemStart(pid) ?? undefined,
    argv: argv.slice(1),
    nodeVersion: version,
    startedAtMs: Date.now(),
  };
}

/** Tells the process that waits that this one is alive and has got the signal; a stuck one cannot. See cli/run.ts. */
function acknowledge(waitingPid: number | undefined): void {
  if (process.platform === 'win32' || waitingPid === undefined || process.ppid !== waitingPid) return;
  try {
    process.kill(waitingPid, 'SIGUSR2');
  } catch {
    // it ended
  }
}
