// A whole terminal as a page: raw keys in, lines out, and everything as it was when it is left, however that happens. Keys are
// decoded by node:readline, which knows the sequences of terminals; what is left to write are a handful of sequences that
// all terminals have, so there is no library in between.
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { writeFully } from '../../output.ts';
import type { Key } from './state.ts';
import type { Size } from './view.ts';

/** The other screen, without a cursor, lines cut off at the edge; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Also for what is to be written at once. */
const STDOUT = 1;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export interface TerminalHandlers {
  onKey(key: Key): void;
  /** The page is to be drawn anew. */
  onResize(): void;
  /** Nobody is there any more. */
  onEnd(): void;
}

export class Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #drawn: readonly string[] = [];
  #isOpen = false;

  constructor(input: ReadStream, output: WriteStream, handlers: TerminalHandlers) {
    this.#input = input;
    this.#output = output;
    emitKeypressEvents(input);
    input.on('keypress', (_: string | undefined, key: Key) => {
      for (const each of split(key)) if (this.#isOpen) handlers.onKey(each);
    });
    input.on('end', () => handlers.onEnd());
    input.on('error', () => handlers.onEnd());
    output.on('error', () => handlers.onEnd());
    output.on('resize', () => {
      this.#drawn = [];
      if (this.#isOpen) handlers.onResize();
    });
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        this.close();
        process.kill(process.pid, signal); // as if there were no listener
      });
    }
    process.on('SIGCONT', () => {
      if (this.#isOpen) return;
      this.open();
      handlers.onResize();
    });
    // Before Node says what was thrown.
    process.on('uncaughtExceptionMonitor', () => this.close());
    process.on('exit', () => this.close());
  }

  open(): void {
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#isOpen = true;
    this.#drawn = [];
    this.#output.write(ENTER);
  }

  /** Gives the terminal back. A later call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#input.setRawMode(false);
      this.#input.pause();
      writeFully(STDOUT, LEAVE); // at once: the process may be about to end
    } catch {
      // the terminal is gone, and nothing of it is left to restore
    }
  }

  /** Gives the terminal to the shell until the user comes back (`fg`). */
  suspend(): void {
    this.close();
    process.kill(process.pid, 'SIGTSTP');
  }

  get size(): Size {
    return { width: this.#output.columns || 80, height: this.#output.rows || 24 };
  }

  /** Writes what has changed: over a slow line little is better. Does nothing while the last page is still on its way. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen || this.#output.writableNeedDrain) return;
    const isOther = this.#drawn.length !== lines.length;
    // A line is erased before it is written: after one that reaches the edge, its last character would go.
    const changed = lines.map((line, i) =>
      line === this.#drawn[i] && !isOther ? '' : `\u001b[${i + 1};1H\u001b[2K${line}`,
    );
    const text = (isOther ? '\u001b[2J' : '') + changed.join('');
    this.#drawn = [...lines];
    if (text !== '') this.#output.write(text);
  }
}

/** Escape and a key soon after come as one key with Alt, which means nothing here. */
function split(key: Key): Key[] {
  const { name, meta, sequence = '' } = key;
  if (meta !== true || sequence.length < 2 || !sequence.startsWith('\u001b')) return [key];
  return [
    { name: 'escape', sequence: '\u001b' },
    { name, sequence: sequence.slice(1) },
  ];
}
