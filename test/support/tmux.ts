// A real terminal: tmux on a server of its own. Keys go in as they are typed, and what comes out is what one would see.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

let servers = 0;

export interface ScreenOptions {
  readonly width: number;
  readonly height: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export class Screen {
  readonly #server = `everycall-test-${process.pid}-${++servers}`;

  /** Runs the commands in bash; the terminal stays when they have ended. */
  constructor(commands: string, { width, height, cwd, env = {} }: ScreenOptions) {
    const clean: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env };
    for (const name of [
      'NODE_OPTIONS',
      'FORCE_COLOR',
      'TMUX',
      ...(env['NO_COLOR'] === undefined ? ['NO_COLOR'] : []),
    ]) {
      delete clean[name];
    }
    const size = ['-x', String(width), '-y', String(height)];
    const shell = ['bash', '--norc', '--noprofile', '-c', `${commands}\nsleep 1000`];
    this.#tmux(['new-session', '-d', ...size, '-c', cwd, ...shell], clean);
  }

  #tmux(args: readonly string[], env?: NodeJS.ProcessEnv): string {
    return execFileSync('tmux', ['-u', '-L', this.#server, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      ...(env !== undefined && { env }),
    });
  }

  /** Names of keys as tmux has them (`Enter`, `C-c`), or texts. */
  type(...keys: readonly string[]): void {
    this.#tmux(['send-keys', ...keys]);
  }

  /** What is seen; with `escapes` also in which colours. */
  text(escapes = false): string {
    return this.#tmux(['capture-pane', '-p', ...(escapes ? ['-e'] : [])]);
  }

  lines(): string[] {
    return this.text().split('\n');
  }

  resize(width: number, height: number): void {
    this.#tmux(['resize-window', '-x', String(width), '-y', String(height)]);
  }

  /** The process that runs in bash. */
  child(): number {
    const shell = this.#tmux(['display-message', '-p', '#{pane_pid}']).trim();
    return Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')[0]);
  }

  /** Whether the other screen is shown, and the cursor. */
  modes(): { readonly isAlternate: boolean; readonly hasCursor: boolean } {
    const [alternate, cursor] = this.#tmux(['display-message', '-p', '#{alternate_on} #{cursor_flag}'])
      .trim()
      .split(' ');
    return { isAlternate: alternate === '1', hasCursor: cursor === '1' };
  }

  close(): void {
    try {
      this.#tmux(['kill-server']);
    } catch {
      // it has ended
    }
  }
}
