// Which foreign tools this machine has: tests that read our output with one of them are skipped where it is missing.
import { spawnSync } from 'node:child_process';

const found = new Map<string, string | undefined>();

/** Where the shell finds the command; `undefined` where it does not. */
export function toolPath(name: string): string | undefined {
  if (!found.has(name)) {
    const { status, stdout } = spawnSync('command -v -- "$TOOL"', {
      shell: true,
      encoding: 'utf8',
      env: { ...process.env, TOOL: name },
    });
    found.set(name, status === 0 ? stdout.trim() : undefined);
  }
  return found.get(name);
}

/** Whether the command is there: `if (!hasTool('go')) this.skip();` in a test whose title says `(needs go)`. */
export function hasTool(name: string): boolean {
  return toolPath(name) !== undefined;
}
