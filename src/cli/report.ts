// A profile to where it was asked for: printed as the table, or written to a file in the form that its name chooses.
// Used for the program that has just ended and for one that was saved.
import { renderTable } from '../exporters/table.ts';
import { save, writeWhole } from '../files.ts';
import type { Profile } from '../profile.ts';
import { compensate } from '../statistics/compensate.ts';
import type { ReportOptions } from './options.ts';
import { pageOf, writeFully } from './output.ts';

/** Columns of a table in a file, which has no terminal to fit. */
const FILE_WIDTH = 120;

/** To stdout (1) or stderr (2). A reader that went away is no error. */
export function printReport(fd: 1 | 2, profile: Profile, options: ReportOptions): void {
  writeFully(fd, tableOf(profile, options, pageOf(fd)));
}

/** Throws EverycallError `bad-file` if the file cannot be written. */
export function writeReport(profile: Profile, options: ReportOptions): void {
  const { path, format } = options.output!;
  if (format === 'profile') save(profile, path);
  else writeWhole(path, tableOf(profile, options, { width: FILE_WIDTH, color: false }));
}

function tableOf(profile: Profile, { table, raw }: ReportOptions, page: { width: number; color: boolean }): string {
  return renderTable(raw ? profile : compensate(profile), { ...table, ...page, cwd: process.cwd() });
}
