// A profiled test run, seen from the process of the runner itself: it and all processes and threads that it starts record
// themselves, and when it ends what they did is one report. The report is the last thing printed, and whatever goes wrong
// with it, the runner's exit code stays as it is.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from '../exporters/formats.ts';
import { formatOfFile } from '../exporters/format-names.ts';
import { relativePath } from '../exporters/location.ts';
import { save, writeWhole } from '../files.ts';
import { complain, messageOf, pageOf, writeFully } from '../output.ts';
import type { Profile } from '../profile.ts';
import { hookChildProcesses } from '../recording/child-processes.ts';
import { collect } from '../recording/collect.ts';
import { beginRecording } from '../recording/recorder.ts';
import { recordedBy, type RecordingSettings, shareRecording } from '../recording/settings.ts';
import { install } from '../register/install.ts';
import { compensate } from '../statistics/compensate.ts';
import { outputsOf, type TestRunSettings } from './settings.ts';
import { renderTestSummary } from './summary.ts';

/** Each test file is a tag; beyond this many they are added up. */
const MAX_TAGS = 4096;

/** Files have no terminal to fit. */
const FILE_WIDTH = 120;

let isBegun = false;

/**
 * Begins the run, once a process. Nothing happens in a process that is recorded already, such as one that this run or
 * `everycall run` started: its profile is reported there.
 *
 * @param root absolute path of the project's folder
 */
export function beginTestRun(settings: TestRunSettings, root: string): void {
  if (isBegun || recordedBy() !== null) return;
  isBegun = true;
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'everycall-tests-')));
  const { include, exclude, precision, overhead, tickMs, builtins } = settings;
  const recorded: RecordingSettings = {
    directory,
    start: { precision, overhead, tickMs, builtins, maxTags: MAX_TAGS },
    register: { include, exclude, root, progress: false },
  };
  shareRecording(recorded);
  install(recorded.register);
  hookChildProcesses(recorded);
  const report = (): void => {
    process.off('exit', atExit);
    reportTestRun(directory, settings, root);
    rmSync(directory, { recursive: true, force: true });
  };
  const recording = beginRecording(recorded, report);
  function atExit(): void {
    recording.finish();
    report();
  }
  // Runners print at the exit, too: the later a listener is added the later it is called.
  const goLast = (): void => void process.off('exit', atExit).on('exit', atExit);
  goLast();
  process.on('beforeExit', goLast);
}

/** Never throws. */
function reportTestRun(directory: string, settings: TestRunSettings, root: string): void {
  try {
    const { profile, problems } = collect(directory);
    problems.forEach(complain);
    if (profile === null) {
      complain('no report: no process left a profile');
      return;
    }
    const compensated = compensate(profile);
    const { testFiles, limit, summary = true } = settings;
    if (summary) {
      const text = renderTestSummary(compensated, { root, testFiles, limit, ...pageOf(2) });
      writeFully(2, `\neverycall: ${text}`);
    }
    for (const path of outputsOf(settings, root)) {
      writeProfile(path, settings, profile, compensated, root);
      if (summary) writeFully(2, `\nsaved to ${relativePath(path, root)}\n`);
    }
  } catch (error) {
    complain(messageOf(error));
  }
}

/** JSON is the profile as it was measured, every other format without the cost of the hooks. */
function writeProfile(path: string, settings: TestRunSettings, raw: Profile, compensated: Profile, root: string): void {
  const format = settings.format ?? formatOfFile(path);
  if (format === 'json') save(raw, path);
  else writeWhole(path, render(compensated, format, { width: FILE_WIDTH, cwd: root }));
}
