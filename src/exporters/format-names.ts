// The formats of a report, by name and by how their files are called. Names only: formats.ts has what makes them.

/** What a profile can be written as. */
export const FORMAT_IDS = [
  'table',
  'markdown',
  'html',
  'json',
  'csv',
  'callgrind',
  'pprof',
  'speedscope',
  'cpuprofile',
  'collapsed',
  'trace-event',
  'pstats',
] as const;
export type FormatId = (typeof FORMAT_IDS)[number];

/** Formats that are no text, so nothing for a terminal. */
export const BINARY_FORMATS: readonly FormatId[] = ['pprof', 'pstats'];

/** The first that fits counts: `.speedscope.json` before `.json`. */
const FILE_NAMES: readonly (readonly [RegExp, FormatId])[] = [
  [/(^|[\\/])callgrind\.out\.[^\\/]*$|\.callgrind$/i, 'callgrind'],
  [/\.speedscope\.json$/i, 'speedscope'],
  [/\.trace\.json$/i, 'trace-event'],
  [/\.json(\.gz)?$/i, 'json'],
  [/\.(md|markdown)$/i, 'markdown'],
  [/\.html?$/i, 'html'],
  [/\.csv$/i, 'csv'],
  [/\.(pb\.gz|pprof)$/i, 'pprof'],
  [/\.cpuprofile$/i, 'cpuprofile'],
  [/\.(collapsed|folded)$/i, 'collapsed'],
  [/\.(pstats|prof)$/i, 'pstats'],
];

/** The format that a file of this name is expected to have; the table where the name says nothing. */
export function formatOfFile(path: string): FormatId {
  return FILE_NAMES.find(([pattern]) => pattern.test(path))?.[1] ?? 'table';
}
