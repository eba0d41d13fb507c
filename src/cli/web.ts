// `everycall web PID`, and `--web` of a run: the page of a process, served by this one. The process itself opens no port.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProcess } from '../monitor/client.ts';
import { directories, socketsOfUser, type SocketOfProcess } from '../monitor/directory.ts';
import { serveWeb } from '../monitor/web-server.ts';
import { complain, isTerminal, writeFully } from '../output.ts';
import { isAlive } from '../recording/alive.ts';
import type { WebCommand } from './options.ts';

/** How often it is looked whether the process is still there. */
const LOOK_MS = 500;
/** After its end, so that the page hears of it. */
const FAREWELL_MS = 1500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves to the exit code when the process has ended. */
export async function web({ pid, open, port }: WebCommand): Promise<number> {
  const target = await findProcess(pid);
  const server = await serveWeb(target.path, port);
  writeFully(1, `process ${target.pid} is shown at ${server.address}\n`);
  const forget = open ? showInBrowser(server.address) : () => {};
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      forget();
      process.kill(process.pid, signal); // the end that it would have been
    });
  }
  try {
    while (isAlive(target.pid, undefined)) await delay(LOOK_MS);
    await delay(FAREWELL_MS);
  } finally {
    server.close();
    forget();
  }
  complain(`process ${target.pid} has ended`);
  return 0;
}

/** Resolves when the program has ended, or was found to have no monitor. */
export async function serveWhileItRuns(child: ChildProcess, open: boolean): Promise<void> {
  const ended = new Promise<'ended'>((settle) => child.once('exit', () => settle('ended')));
  const socket = await Promise.race([ended, socketOf(child)]);
  if (socket === 'ended') return;
  const server = await serveWeb(socket.path);
  // What is no terminal may be kept, so the token is not in it.
  const address =
    isTerminal(2) || open
      ? server.address
      : `${server.address.replace(/#.*/, '')} ('web ${child.pid}' prints a whole address)`;
  complain(`process ${child.pid} is shown at ${address}`);
  const forget = open ? showInBrowser(server.address) : () => {};
  await ended;
  await delay(100); // the last frame is on its way
  server.close();
  forget();
}

async function socketOf(child: ChildProcess): Promise<SocketOfProcess> {
  for (;;) {
    const socket = socketsOfUser(directories()).find(({ pid }) => pid === child.pid);
    if (socket !== undefined) return socket;
    if (child.exitCode !== null || child.signalCode !== null) return new Promise(() => {});
    await delay(50);
  }
}

const delay = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/**
 * In the browser that the system prefers. Command lines can be read by other users, so the address with its token is not on
 * one: it is in a file that only this user can read and that leads there.
 *
 * @returns removes the file
 */
function showInBrowser(address: string): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'everycall-web-'));
  const file = join(folder, 'open.html');
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${address}">\n`, { mode: 0o600 });
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', file]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', file]
        : ['xdg-open', file];
  const browser = spawn(command, args, { stdio: 'ignore', detached: true });
  browser.on('error', () => complain(`cannot open a browser with '${command}'; the address above works in any`));
  browser.unref();
  return () => rmSync(folder, { recursive: true, force: true });
}
