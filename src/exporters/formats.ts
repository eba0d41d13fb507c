// All formats of a report behind one function. For those who want one of them alone: its own file is better.
import { badOption } from '../option-checks.ts';
import type { Profile } from '../profile.ts';
import { renderCallgrind } from './callgrind.ts';
import { renderCollapsed } from './collapsed.ts';
import { renderCpuprofile } from './cpuprofile.ts';
import { renderCsv } from './csv.ts';
import type { FormatId } from './format-names.ts';
import { renderHtml } from './html/render.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderPprof } from './pprof.ts';
import { renderPstats } from './pstats.ts';
import { renderSpeedscope } from './speedscope.ts';
import { renderTable } from './table.ts';
import type { TableOptions } from './table.ts';
import { renderTraceEvent } from './trace-event.ts';

export { FORMAT_IDS, formatOfFile, type FormatId } from './format-names.ts';

/** Options that formats have in common. Each takes those that mean something to it. */
export type RenderOptions = Pick<
  TableOptions,
  'sort' | 'limit' | 'columns' | 'clock' | 'perThread' | 'perProcess' | 'width' | 'color' | 'cwd'
>;

const RENDERERS: Record<FormatId, (profile: Profile, options: RenderOptions) => string | Uint8Array> = {
  table: renderTable,
  markdown: (profile, { limit, ...options }) =>
    renderMarkdown(profile, {
      ...picked(options, ['sort', 'clock', 'cwd']),
      ...(limit !== undefined && { limit: limit === 'all' ? Infinity : limit }),
    }),
  html: (profile, options) => renderHtml(profile, picked(options, ['clock', 'cwd'])),
  json: renderJson,
  csv: (profile) => renderCsv(profile),
  callgrind: (profile) => renderCallgrind(profile),
  pprof: (profile, options) => renderPprof(profile, picked(options, ['clock'])),
  speedscope: (profile) => renderSpeedscope(profile),
  cpuprofile: (profile, options) => renderCpuprofile(profile, picked(options, ['clock'])),
  collapsed: (profile, options) => renderCollapsed(profile, picked(options, ['clock', 'perThread'])),
  'trace-event': (profile, options) => renderTraceEvent(profile, picked(options, ['clock'])),
  pstats: (profile, options) => renderPstats(profile, picked(options, ['clock'])),
};

function picked<T extends object, K extends keyof T>(options: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as Pick<T, K>;
}

/**
 * The profile in a format: text, or bytes for `pprof` and `pstats`. Shows the figures it is given, as renderTable does.
 *
 * @throws EverycallError `bad-option` for another format, and an option that the format refuses
 */
export function render(profile: Profile, format: FormatId, options: RenderOptions = {}): string | Uint8Array {
  if (typeof format !== 'string' || !Object.hasOwn(RENDERERS, format))
    throw badOption('render()', `one of ${Object.keys(RENDERERS).join(', ')}`, format);
  if (typeof options !== 'object' || options === null) throw badOption('render()', 'an object of options', options);
  return RENDERERS[format](profile, options);
}
