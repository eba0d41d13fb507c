// One line on a terminal while files are being instrumented for long. It stands only while a transform runs and is wiped
// before the program goes on, so it never mixes with the program's output.
import { writeSync } from 'node:fs';

const PATIENCE_MS = 700;
/** A file this long takes about PATIENCE_MS by itself, and nothing can be shown in the middle of it. */
const LONG_FILE_CHARS = 400_000;
/** After this long without a transform the next one begins a new phase. */
const PAUSE_MS = 1000;

export interface Progress {
  begin(sourceChars: number): void;
  end(): void;
}

/** Loads `node:tty`, and half of Node's streams with it, only when something is compiled. */
const isTerminal = (): boolean => process.getBuiltinModule('node:tty').isatty(2);

/** @param write where to write; by default stderr, if that is a terminal */
export function createProgress(
  write: ((text: string) => void) | null = isTerminal() ? (text) => void writeSync(2, text) : null,
  nowMs: () => number = () => performance.now(),
): Progress {
  let files = 0;
  let spentMs = 0;
  let beganAtMs = 0;
  let endedAtMs = -Infinity;
  let shown = false;
  const attempt = (text: string): void => {
    try {
      write?.(text);
    } catch {
      write = null; // a terminal that went away
    }
  };
  return {
    begin(sourceChars) {
      beganAtMs = nowMs();
      if (beganAtMs - endedAtMs > PAUSE_MS) files = spentMs = 0;
      files++;
      shown = spentMs > PATIENCE_MS || sourceChars > LONG_FILE_CHARS;
      if (shown) attempt(`\r\x1b[Keverycall: instrumenting ${files} ${files === 1 ? 'file' : 'files'}…`);
    },
    end() {
      endedAtMs = nowMs();
      spentMs += endedAtMs - beganAtMs;
      if (shown) attempt('\r\x1b[K');
      shown = false;
    },
  };
}
