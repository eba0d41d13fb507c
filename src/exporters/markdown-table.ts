// Tables in GitHub Flavored Markdown, https://github.github.com/gfm/#tables-extension-, and text that is safe in their cells.

/** One column of a table: what it is called, and its cell of a row. */
export interface Column<Row> {
  readonly title: string;
  /** Words stand left, figures right. Default false. */
  readonly text?: boolean;
  readonly of: (row: Row) => string | number;
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ text }) => (text === true ? ':--' : '--:'))),
    ...rows.map((row) => line(columns.map(({ of }) => of(row)))),
  ];
}

/**
 * A code span in a cell of a table. Nothing is markup in one, nobody is mentioned by it and no issue linked. Its fence is
 * longer than any run of backticks in it; a pipe is escaped, and one behind a backslash, which Markdown cannot say, is
 * written as its code. Readers take a space off both ends, unless it is all spaces.
 */
export function code(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = /^`|`$|^ .*[^ ].* $/.test(text) ? ' ' : '';
  const content = text.replaceAll('\\|', '\\\\u{7c}').replaceAll('|', '\\|');
  return fence + padding + content + padding + fence;
}
