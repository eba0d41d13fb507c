// The report of a run that has just ended: what its processes recorded, to where it was asked for.
import * as formats from '../exporters/formats.ts';
import { complain, messageOf } from '../output.ts';
import { collect, othersToEnd } from '../recording/collect.ts';
import type { RunCommand } from './options.ts';
import { printReport, writeReport } from './report.ts';

/** How long processes that outlive the program are waited for. */
const PATIENCE_MS = 1000;

/** Never rejects. Resolves to false if the report did not come where it was wanted. */
export async function reportRecording(directory: string, command: RunCommand): Promise<boolean> {
  try {
    if (command.children) await othersToEnd(directory, PATIENCE_MS);
    const { profile, problems } = collect(directory);
    problems.forEach(complain);
    if (profile === null) {
      complain('no report: no process left a profile');
      return false;
    }
    const { path } = command.output;
    if (path === undefined) {
      if (!command.quiet) printReport(2, profile, command, () => formats);
      return true;
    }
    try {
      writeReport(path, profile, command, () => formats);
      return true;
    } catch (error) {
      complain(messageOf(error));
      printReport(2, profile, { ...command, output: { format: 'table', path: undefined } }, () => formats);
      return false;
    }
  } catch (error) {
    complain(`no report: ${messageOf(error)}`);
    return false;
  }
}
