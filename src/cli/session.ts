// What the process that `everycall run` starts does before the program: on the main thread it starts the profiler and
// reports when the process ends, in whatever way it does; in workers it only installs the hooks. Loaded by preload.ts.
import { isMainThread } from 'node:worker_threads';
import { snapshot, start, stop } from '../api.ts';
import { install } from '../register/install.ts';
import { watchEndings } from './endings.ts';
import { takeHandover } from './handover.ts';
import type { Handover } from './handover.ts';
import { complain, messageOf } from './output.ts';
import { printReport, writeReport } from './report.ts';
import type { LoadFormats } from './report.ts';
import { FORMATS_FILE, requireOwn } from '../register/package-root.ts';

const formats: LoadFormats = () => requireOwn(FORMATS_FILE) as ReturnType<LoadFormats>;

const handover = isMainThread ? takeHandover() : null;
install(handover?.register);
if (handover !== null) profile(handover);

function profile(handover: Handover): void {
  let isReported = false;
  const reportOnce = (): boolean => {
    if (isReported) return true;
    isReported = true;
    return report(handover);
  };
  watchEndings({
    exit(code) {
      if (!reportOnce() && code === 0) process.exitCode = 1;
    },
    seen: () => acknowledge(handover.parentPid),
    signal: () => void reportOnce(),
  });
  if (!handover.startPaused) start(handover.start);
}

/** Tells the waiting parent that this process is alive and has got the signal; a stuck one cannot. See run.ts. */
function acknowledge(parentPid: number): void {
  if (process.platform === 'win32' || process.ppid !== parentPid) return;
  try {
    process.kill(parentPid, 'SIGUSR2');
  } catch {
    // it ended
  }
}

/** False if the report did not come where it was wanted. */
function report({ report, quiet }: Handover): boolean {
  try {
    stop();
    const profile = snapshot();
    const { path } = report.output;
    if (path === undefined) {
      if (!quiet) printReport(2, profile, report, formats);
      return true;
    }
    try {
      writeReport(path, profile, report, formats);
      return true;
    } catch (error) {
      complain(messageOf(error));
      printReport(2, profile, { ...report, output: { format: 'table', path: undefined } }, formats);
      return false;
    }
  } catch (error) {
    complain(`no report: ${messageOf(error)}`);
    return false;
  }
}
