// The HTML report: one file that opens from disk and loads nothing. No specification but HTML's
// (https://html.spec.whatwg.org/) and CSP's (https://www.w3.org/TR/CSP3/). Lost: see embed.ts.
// Pure: the page's code comes as text from page.generated.ts, which scripts/build-page.mjs makes from page/.
import { badOption } from '../../option-checks.ts';
import { checkFolder } from '../exporter-options.ts';
import type { Profile } from '../../profile.ts';
import { CLOCKS } from '../../statistics/columns.ts';
import type { Clock } from '../../statistics/columns.ts';
import { embed } from './embed.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH, PAGE_STYLE, PAGE_STYLE_HASH } from './page.generated.ts';

/** Options of {@link renderHtml}. */
export interface HtmlOptions {
  /** Heading of the page. Default: the file name of the program. */
  readonly title?: string;
  /** Which clock the page starts with. Default `wall`; `wall` also where there is no CPU clock. */
  readonly clock?: Clock;
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
  /** Caller → callee pairs to embed, a whole number from 0: those of the greatest total time. Default 100,000. */
  readonly maxEdges?: number;
  /** Nodes of the call tree to embed, a whole number from 1: those of the greatest total time. Default 100,000. */
  readonly maxStacks?: number;
}

export const DEFAULT_MAX_EDGES = 100_000;
export const DEFAULT_MAX_STACKS = 100_000;

/**
 * The profile as one self-contained HTML page. Shows the figures it is given: for figures without the cost of the hooks,
 * give it the profile that `compensate` returns.
 *
 * @throws EverycallError `bad-option` for an unknown clock or a limit out of range
 */
export function renderHtml(profile: Profile, options: HtmlOptions = {}): string {
  const { title, clock = 'wall', cwd } = options;
  if (!CLOCKS.includes(clock)) throw badOption('renderHtml()', "'clock' to be wall or cpu", clock);
  checkFolder('renderHtml', cwd);
  if (title !== undefined && typeof title !== 'string') throw badOption('renderHtml()', "'title' to be a text", title);
  const maxEdges = limit('maxEdges', options.maxEdges ?? DEFAULT_MAX_EDGES, 0);
  const maxStacks = limit('maxStacks', options.maxStacks ?? DEFAULT_MAX_STACKS, 1);
  const embedded = embed(profile, { title, clock, cwd, maxEdges, maxStacks });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy()}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(embedded.profile.title)} &#183; everycall</title>`,
    `<link rel="icon" href="${ICON}">`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    '<div id="report"></div>',
    '<noscript>This report is a page that computes: it needs JavaScript, and nothing from the network.</noscript>',
    `<script type="application/json" id="profile">${scriptJson(embedded.profile)}</script>`,
    `<script>${PAGE_SCRIPT}</script>`,
    // Last: the page is painted while the browser still reads them.
    `<script type="application/json" id="edges">${scriptJson(embedded.edges)}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function limit(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw badOption('renderHtml()', `'${name}' to be a whole number from ${least}`, value);
}

/** Nothing may be loaded, and no script or style run but ours: their hashes stand here. */
function policy(): string {
  return [
    "default-src 'none'",
    `script-src '${PAGE_SCRIPT_HASH}'`,
    `style-src '${PAGE_STYLE_HASH}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Crect y='10' width='16' height='5' rx='1' fill='%23b5451b'/%3E%3Crect y='5' width='10' height='4' rx='1' " +
  "fill='%23dd8452'/%3E%3Crect y='1' width='5' height='3' rx='1' fill='%23efb68d'/%3E%3C/svg%3E";

/**
 * JSON that may stand in a script element, whatever texts it holds: without `<` there is neither `</script>` nor `<!--`.
 * ASCII only, as the whole page: browsers read that with one byte a letter, and at twice the speed.
 */
export function scriptJson(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text as ASCII that cannot open an element; a lone surrogate becomes a replacement character, as in any page. */
function escapeText(text: string): string {
  return text.replace(/[&<]|[^\0-\x7f]/gu, (char) => `&#${char.codePointAt(0)};`);
}
