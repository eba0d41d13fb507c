// A profile to where it was asked for, in the format that was asked for: printed, or written to a file. Used for the program
// that has just ended and for profiles that were saved.
import { isatty } from 'node:tty';
import { EverycallError } from '../errors.ts';
import { BINARY_FORMATS } from '../exporters/format-names.ts';
import type * as Formats from '../exporters/formats.ts';
import { renderTable } from '../exporters/table.ts';
import { save, writeWhole } from '../files.ts';
import type { Profile } from '../profile.ts';
import { compensate } from '../statistics/compensate.ts';
import type { ReportOptions } from './options.ts';
import { type Page, pageOf, writeFully } from '../output.ts';

/** How the formats are loaded that few programs need: at once, since a program that ends waits for nothing. */
export type LoadFormats = () => Pick<typeof Formats, 'render'>;

/** Columns of a table in a file, which has no terminal to fit. */
const FILE_PAGE: Page = { width: 120, color: false };

/**
 * To stdout (1) or stderr (2). A reader that went away is no error.
 *
 * @throws EverycallError `usage` for bytes that would go to a terminal
 */
export function printReport(fd: 1 | 2, profile: Profile, options: ReportOptions, formats: LoadFormats): void {
  const { format } = options.output;
  if (BINARY_FORMATS.includes(format) && isatty(fd)) {
    throw new EverycallError('usage', `--format ${format} is no text for a terminal; expected --output FILE or a pipe`);
  }
  writeFully(fd, rendered(profile, options, pageOf(fd), formats));
}

/** Throws EverycallError `bad-file` if the file cannot be written. */
export function writeReport(path: string, profile: Profile, options: ReportOptions, formats: LoadFormats): void {
  // The profile as it was measured, whatever else was asked for.
  if (options.output.format === 'json') save(profile, path);
  else writeWhole(path, rendered(profile, options, FILE_PAGE, formats));
}

function rendered(profile: Profile, options: ReportOptions, page: Page, formats: LoadFormats): string | Uint8Array {
  const { table, raw, output } = options;
  const shown = raw || output.format === 'json' ? profile : compensate(profile);
  const settings = { ...table, ...page, cwd: process.cwd() };
  return output.format === 'table' ? renderTable(shown, settings) : formats().render(shown, output.format, settings);
}
