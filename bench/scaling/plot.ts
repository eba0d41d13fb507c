// Line charts as SVG: logarithmic axes, units, a legend, the quartiles as a band. Text stays text, no font is named, and
// a style sheet inside follows the reader's light or dark scheme. Pure: data in, text out.
import type { Quartiles } from '../statistics.ts';
import { type Scale, scaleOf, ticksOf } from './axes.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The quartiles of `y`, drawn as a band. */
  readonly q1?: number;
  readonly q3?: number;
}

export const pointOf = (x: number, { q1, median, q3 }: Quartiles): Point => ({ x, y: median, q1, q3 });

export interface Line {
  readonly label: string;
  readonly points: readonly Point[];
  /** Place in the palette; lines that belong together share one. */
  readonly color: number;
  /** For what the line is compared with. */
  readonly dashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 40, top: 44, bottom: 52 };
const LEGEND_ROW = 18;

/** Told apart by people who see red and green alike; the second one is for dark backgrounds. */
const COLORS = [
  ['#0060c0', '#6cb6ff'],
  ['#c04000', '#ffa657'],
  ['#287a3c', '#7ee787'],
  ['#7a3fa0', '#d2a8ff'],
];

function styleSheet(): string {
  const line = (color: number, scheme: number) =>
    `.c${color} { stroke: ${COLORS[color][scheme]}; } .f${color} { fill: ${COLORS[color][scheme]}; }`;
  const scheme = (index: number, text: string, grid: string, back: string) =>
    [
      `text { fill: ${text}; } .grid { stroke: ${grid}; } .frame { stroke: ${text}; } .back { fill: ${back}; }`,
      ...COLORS.map((_, color) => line(color, index)),
    ].join(' ');
  return [
    'text { font: 12px sans-serif; } .title { font-size: 14px; font-weight: bold; }',
    'path, line, rect.frame { fill: none; } .line { stroke-width: 2; } .dashed { stroke-dasharray: 5 4; }',
    '.band { fill-opacity: 0.18; stroke: none; } .grid { stroke-width: 1; }',
    scheme(0, '#1f2328', '#d8dee4', '#ffffff'),
    `@media (prefers-color-scheme: dark) { ${scheme(1, '#e6edf3', '#373e47', '#0d1117')} }`,
  ].join('\n');
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}

const round = (value: number) => Number(value.toFixed(2));

/** Points whose place is no number (0 on a logarithmic axis) are left out. */
export function lineChart({ title, xLabel, yLabel, lines }: Chart): string {
  const bottom = HEIGHT - MARGIN.bottom - LEGEND_ROW * lines.length;
  const all = lines.flatMap(({ points }) => points);
  const x = scaleOf(
    all.map((point) => point.x),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = scaleOf(
    all.flatMap((point) => [point.y, point.q1 ?? point.y, point.q3 ?? point.y]),
    bottom,
    MARGIN.top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${styleSheet()}</style>`,
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${MARGIN.left}" y="24">${escapeText(title)}</text>`,
    ...gridLines(x, y, bottom),
    `<rect class="frame" x="${MARGIN.left}" y="${MARGIN.top}" width="${WIDTH - MARGIN.left - MARGIN.right}" height="${bottom - MARGIN.top}"/>`,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${bottom + 36}" text-anchor="middle">${escapeText(xLabel)}</text>`,
    `<text transform="translate(18 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeText(yLabel)}</text>`,
    ...lines.map((line) => band(line, x, y)),
    ...lines.map((line) => curve(line, x, y)),
    ...lines.map((line, i) => legend(line, bottom + 54 + i * LEGEND_ROW)),
    '</svg>',
    '',
  ].join('\n');
}

function gridLines(x: Scale, y: Scale, bottom: number): string[] {
  const right = WIDTH - MARGIN.right;
  return [
    ...ticksOf(x).flatMap(({ at, text }) => [
      `<line class="grid" x1="${round(at)}" y1="${MARGIN.top}" x2="${round(at)}" y2="${bottom}"/>`,
      `<text x="${round(at)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
    ]),
    ...ticksOf(y).flatMap(({ at, text }) => [
      `<line class="grid" x1="${MARGIN.left}" y1="${round(at)}" x2="${right}" y2="${round(at)}"/>`,
      `<text x="${MARGIN.left - 8}" y="${round(at + 4)}" text-anchor="end">${text}</text>`,
    ]),
  ];
}

function placed(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string[] {
  return points
    .map(([px, py]) => [x.at(px), y.at(py)])
    .filter((place) => place.every(Number.isFinite))
    .map((place) => place.map(round).join(' '));
}

function band({ points, color }: Line, x: Scale, y: Scale): string {
  const within = points.filter(({ q1, q3 }) => q1 !== undefined && q3 !== undefined);
  if (within.length < 2) return '';
  const edge = [...within.map((p) => [p.x, p.q3!] as const), ...within.toReversed().map((p) => [p.x, p.q1!] as const)];
  return `<path class="band f${color}" d="M${placed(edge, x, y).join('L')}Z"/>`;
}

function curve({ points, color, dashed }: Line, x: Scale, y: Scale): string {
  const at = placed(
    points.map((p) => [p.x, p.y] as const),
    x,
    y,
  );
  const dots = at.map((place) => {
    const [cx, cy] = place.split(' ');
    return `<circle class="f${color}" cx="${cx}" cy="${cy}" r="3"/>`;
  });
  return `<path class="line c${color}${dashed === true ? ' dashed' : ''}" d="M${at.join('L')}"/>${dots.join('')}`;
}

function legend({ label, color, dashed }: Line, y: number): string {
  const style = `line c${color}${dashed === true ? ' dashed' : ''}`;
  return [
    `<line class="${style}" x1="${MARGIN.left}" y1="${y - 4}" x2="${MARGIN.left + 30}" y2="${y - 4}"/>`,
    `<text x="${MARGIN.left + 38}" y="${y}">${escapeText(label)}</text>`,
  ].join('');
}
