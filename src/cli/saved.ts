// `everycall report` and `everycall diff`: profiles that were saved, printed or written again.
import * as formats from '../exporters/formats.ts';
import { load } from '../files.ts';
import type { Profile } from '../profile.ts';
import { merge } from '../statistics/merge.ts';
import { sharedSessions } from '../statistics/overlap.ts';
import { select } from '../statistics/selection.ts';
import { stripDirs } from '../statistics/strip-dirs.ts';
import type { ReportCommand, Selection } from './options.ts';
import { complain } from './output.ts';
import { printReport, writeReport } from './report.ts';

/** Resolves to the exit code. Throws EverycallError where a file is not what it should be. */
export function report(command: ReportCommand): number {
  const profile = selected(loadAll(command.files), command);
  const { path } = command.output;
  if (path === undefined) printReport(1, profile, command, () => formats);
  else writeReport(path, profile, command, () => formats);
  return 0;
}

/** Several files as one. Says where two of them hold the same session, since its figures then count twice. */
export function loadAll(files: readonly string[]): Profile {
  const profiles = files.map(load);
  if (profiles.length === 1) return profiles[0];
  for (let i = 0; i < profiles.length; i++) {
    for (let j = i + 1; j < profiles.length; j++) {
      if (sharedSessions(profiles[i], profiles[j]).length === 0) continue;
      complain(`${files[i]} and ${files[j]} hold the same session of one process: its figures are counted twice`);
    }
  }
  return merge(...profiles);
}

function selected(profile: Profile, { filter, stripDirs: strips }: Selection): Profile {
  const chosen = Object.keys(filter).length === 0 ? profile : select(profile, filter);
  return strips ? stripDirs(chosen) : chosen;
}
