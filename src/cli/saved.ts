// `everycall report` and `everycall diff`: profiles that were saved, printed or written again.
import { statSync } from 'node:fs';
import { EverycallError } from '../errors.ts';
import * as formats from '../exporters/formats.ts';
import { load, writeWhole } from '../files.ts';
import type { Profile } from '../profile.ts';
import { collect } from '../recording/collect.ts';
import { compensate } from '../statistics/compensate.ts';
import { diff } from '../statistics/diff.ts';
import { merge } from '../statistics/merge.ts';
import { sharedSessions } from '../statistics/overlap.ts';
import { select } from '../statistics/selection.ts';
import { stripDirs } from '../statistics/strip-dirs.ts';
import { renderDiffJson } from '../exporters/diff-json.ts';
import { renderDiffMarkdown } from '../exporters/diff-markdown.ts';
import { renderDiffTable } from '../exporters/diff-table.ts';
import type { DiffCommand, ReportCommand, Selection } from './options.ts';
import { complain, pageOf, writeFully } from '../output.ts';
import { printReport, writeReport } from './report.ts';

/** Resolves to the exit code. Throws EverycallError where a file is not what it should be. */
export function report(command: ReportCommand): number {
  const profile = selected(loadAll(command.files), command);
  const { path } = command.output;
  if (path === undefined) printReport(1, profile, command, () => formats);
  else writeReport(path, profile, command, () => formats);
  return 0;
}

/** Resolves to the exit code, which is 0 whatever the difference. */
export function diffReport(command: DiffCommand): number {
  const [before, after] = [command.before, command.after].map((file) => {
    const profile = selected(loadOne(file), command);
    return command.raw ? profile : compensate(profile);
  });
  const difference = diff(before, after);
  const { format, path } = command.output;
  const settings = { ...command.settings, cwd: process.cwd() };
  const text = (width: number, color: boolean) =>
    format === 'json'
      ? renderDiffJson(difference)
      : format === 'markdown'
        ? renderDiffMarkdown(difference, settings)
        : renderDiffTable(difference, { ...settings, width, color });
  if (path !== undefined) {
    writeWhole(path, text(120, false));
    return 0;
  }
  const page = pageOf(1);
  writeFully(1, text(page.width, page.color));
  return 0;
}

/** Several files as one. Says where two of them hold the same session, since its figures then count twice. */
export function loadAll(files: readonly string[]): Profile {
  const profiles = files.map(loadOne);
  if (profiles.length === 1) return profiles[0];
  for (let i = 0; i < profiles.length; i++) {
    for (let j = i + 1; j < profiles.length; j++) {
      if (sharedSessions(profiles[i], profiles[j]).length === 0) continue;
      complain(`${files[i]} and ${files[j]} hold the same session of one process: its figures are counted twice`);
    }
  }
  return merge(...profiles);
}

/** A file, or the folder of a recording; what is missing from one is said. */
function loadOne(path: string): Profile {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return load(path);
  const { profile, problems } = collect(path);
  problems.forEach(complain);
  if (profile === null)
    throw new EverycallError('bad-file', `expected a folder of --record, got ${path} without a profile`);
  return profile;
}

/** The part of the profile that the command looks at. */
export function selected(profile: Profile, { filter, stripDirs: strips }: Selection): Profile {
  const chosen = Object.keys(filter).length === 0 ? profile : select(profile, filter);
  return strips ? stripDirs(chosen) : chosen;
}
