// GET /v1/snapshot: the profile at this moment in any format, or the part of it that a filter asks for. What a filter may be
// is bounded: patterns are matched against every function, and a client must not be able to make that slow.
import { BINARY_FORMATS, FORMAT_IDS, type FormatId } from '../exporters/format-names.ts';
import type * as Formats from '../exporters/formats.ts';
import type { FunctionStats } from '../profile.ts';
import { takeSnapshot } from '../snapshot/snapshot.ts';
import { CLOCKS } from '../statistics/columns.ts';
import { compensate } from '../statistics/compensate.ts';
import type { ProfileFilter } from '../statistics/filter.ts';
import { select } from '../statistics/selection.ts';
import { parseSort } from '../statistics/sort.ts';
import { requireOwn, FORMATS_FILE } from '../register/package-root.ts';
import { answer, Refusal } from './answers.ts';
import type { MonitorContext } from './context.ts';
import { choiceOf, numberOf, takeOnly } from './query.ts';
import type { Exchange } from './routes.ts';

const PARAMETERS = [
  'format',
  'raw',
  'sort',
  'limit',
  'clock',
  'thread',
  'threadId',
  'tag',
  'name',
  'file',
  'package',
  'kind',
];

const TYPES: Partial<Record<FormatId, string>> = {
  json: 'application/json; charset=utf-8',
  speedscope: 'application/json; charset=utf-8',
  cpuprofile: 'application/json; charset=utf-8',
  'trace-event': 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
};

export function answerSnapshot({ reader }: MonitorContext, { response, query }: Exchange): void {
  takeOnly(query, PARAMETERS);
  const format = choiceOf(query, 'format', FORMAT_IDS) ?? 'json';
  const clock = choiceOf(query, 'clock', CLOCKS);
  const sort = query.get('sort') ?? undefined;
  if (sort !== undefined) parseSort(bounded('sort', sort));
  const limit = query.get('limit') === 'all' ? ('all' as const) : numberOf(query, 'limit', 1, 1e6);
  const isRaw = query.get('raw') !== null || format === 'json'; // which is for tools, and as it was measured
  const thread = numberOf(query, 'threadId', 0, 0x7fffffff);
  const filter = filterOf(query);
  const whole = takeSnapshot(reader, { ...(thread !== undefined && { thread }) });
  const chosen = Object.keys(filter).length === 0 ? whole : select(whole, filter);
  const { render } = requireOwn(FORMATS_FILE) as typeof Formats;
  const body = render(isRaw ? chosen : compensate(chosen), format, {
    width: 120,
    color: false,
    cwd: process.cwd(),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    ...(clock !== undefined && { clock }),
  });
  const type = BINARY_FORMATS.includes(format)
    ? 'application/octet-stream'
    : (TYPES[format] ?? 'text/plain; charset=utf-8');
  // A page that was made from names of the program is for saving, not for running with the monitor's origin.
  answer(response, 200, body, {
    'Content-Type': type,
    ...(format === 'html' && { 'Content-Security-Policy': 'sandbox' }),
  });
}

// ── filters ────────────────────────────────────────────────────────────────────────────────────────────────────────

const LONGEST_TEXT = 256;
/** Matching takes time that grows with a power of this. */
const MOST_STARS = 3;

/** @throws Refusal 400 for what would take long to match */
export function filterOf(query: URLSearchParams): ProfileFilter {
  const filter: Record<string, unknown> = {};
  const thread = numberOf(query, 'thread', 0, 0x7fffffff);
  if (thread !== undefined) filter['thread'] = thread;
  for (const name of ['tag', 'package', 'kind'] as const) {
    const text = query.get(name);
    if (text !== null) filter[name] = bounded(name, text);
  }
  const name = query.get('name');
  if (name !== null) filter['name'] = pattern('name', name);
  const file = query.get('file');
  if (file !== null) filter['file'] = glob(file);
  return filter as { kind?: FunctionStats['kind'] };
}

function bounded(name: string, text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  throw new Refusal(400, 'bad-parameter', `expected '${name}' to have ${LONGEST_TEXT} characters at most`);
}

function pattern(name: string, text: string): string {
  const stars = bounded(name, text).replace(/\*+/g, '*').split('*').length - 1;
  if (stars <= MOST_STARS) return name === 'name' ? text.replace(/\*+/g, '*') : text;
  throw new Refusal(400, 'bad-parameter', `expected '${name}' to have ${MOST_STARS} wildcards at most`);
}

/** Globs without braces, brackets and the like, whose cost cannot be told from their length. */
function glob(text: string): string {
  if (/[{}()[\]!+|?@\\]\(|[{}[\]|\\]/.test(pattern('file', text))) {
    throw new Refusal(400, 'bad-parameter', "expected a 'file' with no wildcards but *, ** and ?");
  }
  return text;
}
