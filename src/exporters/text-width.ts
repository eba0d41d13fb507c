// How many terminal cells a text takes, and how to shorten one to a number of cells. Names come from source code, so
// they may hold anything: wide characters, combining marks, control sequences.

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Wide and fullwidth ranges of Unicode's East_Asian_Width, joined where the gaps are unassigned, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const ASCII = /^[\x20-\x7e]*$/;

/** What would move the cursor, end the line, reverse the text or be no character at all. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const ELLIPSIS = '…';

/** The text with everything unprintable written as an escape such as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** Cells the text takes in a terminal. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += graphemeWidth(segment);
  return cells;
}

function graphemeWidth(grapheme: string): number {
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** At most `width` cells, the middle replaced by `…`: both the outermost and the innermost part of a name stay. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const tailCells = Math.floor((width - 1) / 2);
  return head(text, width - 1 - tailCells) + ELLIPSIS + tail(text, tailCells);
}

/** At most `width` cells, the beginning replaced by `…`: of a path, the file and line stay. */
export function shortenLeft(text: string, width: number): string {
  return displayWidth(text) <= width ? text : ELLIPSIS + tail(text, width - 1);
}

/** At most `width` cells, the end replaced by `…`. */
export function shortenRight(text: string, width: number): string {
  return displayWidth(text) <= width ? text : head(text, width - 1) + ELLIPSIS;
}

function head(text: string, width: number): string {
  return take(
    [...graphemes.segment(text)].map(({ segment }) => segment),
    width,
  ).join('');
}

function tail(text: string, width: number): string {
  return take([...graphemes.segment(text)].map(({ segment }) => segment).reverse(), width)
    .reverse()
    .join('');
}

function take(segments: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let cells = 0;
  for (const segment of segments) {
    cells += graphemeWidth(segment);
    if (cells > width) break;
    taken.push(segment);
  }
  return taken;
}

/** Pads with spaces to `width` cells. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** Breaks at spaces so that no line is wider than `width`; lines after the first are indented by two. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}
