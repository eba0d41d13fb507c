// Lays out columns of text within a width. Words are shortened, figures never: when it is still too wide, whole columns go.
import { displayWidth, pad } from './text-width.ts';

export interface GridColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
  /** Follows each cell where there is room for all of them: the first thing to go. */
  readonly notes?: readonly string[];
  /** Present on columns of words: gives at most `width` cells. They are not made narrower than `leastWidth` to save another column. */
  readonly shorten?: { readonly to: (text: string, width: number) => string; readonly leastWidth: number };
  /** The column with the lowest number goes first; without one it stays whatever happens. */
  readonly dropOrder?: number;
  /** Applied to a finished cell, after padding. */
  readonly paint?: (cell: string) => string;
}

export interface Grid {
  /** The titles, then a line for each row; none is wider than asked unless a figure alone is. */
  readonly lines: readonly string[];
  /** Titles of the columns that found no room, in the order they stood. */
  readonly leftOut: readonly string[];
  /** Whether there were notes and no room for them. */
  readonly notesLeftOut: boolean;
}

const GAP = '  ';
/** No name needs more than this, even where the width is not limited. */
const WIDEST = 200;
/** Below this a name says nothing; only a figure that leaves no more room makes it narrower. */
const NARROWEST = 4;

export function renderGrid(
  columns: readonly GridColumn[],
  width: number,
  paintTitle = (cell: string): string => cell,
): Grid {
  const hasNotes = columns.some(({ notes }) => notes?.some((note) => note !== ''));
  let kept = columns.map(measure);
  let withNotes = hasNotes;
  while (leastWidthOf(kept, withNotes) > width) {
    if (withNotes) {
      withNotes = false;
      continue;
    }
    const goes = firstToGo(kept.map(({ column }) => column));
    if (goes === undefined) break;
    kept = kept.filter(({ column }) => column !== goes);
  }
  const widths = widthsOf(kept, withNotes, width);
  const line = (textOf: (measured: Measured) => string, paintOf: (column: GridColumn) => GridColumn['paint']) =>
    kept
      .map((measured, at) => {
        const { column } = measured;
        const cell = pad(shortened(column, textOf(measured), widths[at]), widths[at], column.align);
        return paintOf(column)?.(cell) ?? cell;
      })
      .join(GAP)
      .trimEnd();
  const titles = line(
    ({ column }) => column.title,
    () => paintTitle,
  );
  const rowCount = columns[0].cells.length;
  const rows = Array.from({ length: rowCount }, (_, row) =>
    line(
      (measured) => cellText(measured, row, withNotes),
      (column) => column.paint,
    ),
  );
  const stay = new Set(kept.map(({ column }) => column));
  return {
    lines: [titles, ...rows],
    leftOut: columns.filter((column) => !stay.has(column)).map(({ title }) => title),
    notesLeftOut: hasNotes && !withNotes,
  };
}

function firstToGo(columns: readonly GridColumn[]): GridColumn | undefined {
  let first: GridColumn | undefined;
  for (const column of columns) {
    if (column.dropOrder !== undefined && column.dropOrder < (first?.dropOrder ?? Infinity)) first = column;
  }
  return first;
}

function shortened(column: GridColumn, text: string, width: number): string {
  return column.shorten === undefined ? text : column.shorten.to(text, width);
}

/** Notes take equal room in all rows, so that the figures before them line up. */
function cellText({ column, notesWidth }: Measured, row: number, withNotes: boolean): string {
  if (!withNotes || notesWidth === 0 || column.notes === undefined) return column.cells[row];
  return `${column.cells[row]} ${pad(column.notes[row], notesWidth - 1, 'left')}`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((cells, text) => Math.max(cells, displayWidth(text)), 0);
}

/** What a column would take; measured once, since the layout asks for it many times. */
interface Measured {
  readonly column: GridColumn;
  readonly bareWidth: number;
  /** Cells that the notes add, with the space before them; 0 without notes. */
  readonly notesWidth: number;
}

function measure(column: GridColumn): Measured {
  const cells = widest(column.cells);
  const notes = column.notes === undefined ? 0 : widest(column.notes);
  return { column, bareWidth: cells, notesWidth: notes === 0 ? 0 : notes + 1 };
}

function naturalWidth({ column, bareWidth, notesWidth }: Measured, withNotes: boolean): number {
  const cells = bareWidth + (withNotes ? notesWidth : 0);
  return Math.max(displayWidth(column.title), column.shorten === undefined ? cells : Math.min(WIDEST, cells));
}

function leastWidth(measured: Measured, withNotes: boolean): number {
  const natural = naturalWidth(measured, withNotes);
  const { shorten } = measured.column;
  return shorten === undefined ? natural : Math.min(natural, shorten.leastWidth);
}

function leastWidthOf(columns: readonly Measured[], withNotes: boolean): number {
  return columns.reduce(
    (sum, column) => sum + leastWidth(column, withNotes),
    GAP.length * Math.max(0, columns.length - 1),
  );
}

/** Figures get what they need; columns of words share what is left, the first of them a little more than the others. */
function widthsOf(columns: readonly Measured[], withNotes: boolean, width: number): number[] {
  const widths = columns.map((column) => leastWidth(column, withNotes));
  const words = columns.flatMap(({ column }, at) => (column.shorten === undefined ? [] : [at]));
  const wishes = words.map((at) => naturalWidth(columns[at], withNotes) - widths[at]);
  let spare = width - leastWidthOf(columns, withNotes);
  words.forEach((at, i) => {
    if (spare < 0) {
      // A figure that may not go leaves no more room.
      const narrower = Math.max(Math.min(NARROWEST, widths[at]), widths[at] + spare);
      spare += widths[at] - narrower;
      widths[at] = narrower;
      return;
    }
    const laterWishes = wishes.slice(i + 1).reduce((sum, wish) => sum + wish, 0);
    const fairShare = Math.ceil(i === words.length - 1 ? spare : (spare * 1.1) / (words.length - i));
    const given = Math.min(wishes[i], Math.max(fairShare, spare - laterWishes), spare);
    widths[at] += given;
    spare -= given;
  });
  return widths;
}
