// What keys do, as the page says it.

/** The last line of the page. */
export const HINTS = '? keys  q quit  / filter  <> sort  Enter callers  t threads  p pause  w save';

export const HELP: readonly string[] = [
  '',
  '  up down j k      select a row; PgUp, PgDn, Home and End, too',
  '  Enter            callers and callees of a function; functions of a thread',
  '  Esc, Backspace   back',
  '  < >, left right  sort by another column (marked *)',
  '  r                the other order',
  '  /                show what has a text in its name or file; Esc shows all again',
  '  t                threads, or functions',
  '  [ ] a            functions of the thread before, of the next one, of all',
  '  p, space         pause: the page stays as it is, the program goes on',
  '  s                start or stop profiling',
  '  C                clear: all figures begin at 0',
  '  w                save a snapshot; the name of the file chooses the format',
  '  q, Ctrl-C        quit; the program goes on as it is',
  '',
  '  Times are shares of the last interval: 100% is one thread all the time.',
  '  await: how many calls waited at an await, on average.',
];
