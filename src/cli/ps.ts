// `everycall ps`: the processes of this user that can be attached to.
import { basename } from 'node:path';
import { attachable, type Attachable } from '../monitor/client.ts';
import { pageOf, writeFully } from '../output.ts';
import type { MonitorStatus } from '../monitor/frame.ts';
import type { PsCommand } from './options.ts';

/** Resolves to the exit code. */
export async function ps({ json }: PsCommand): Promise<number> {
  const processes = await attachable();
  writeFully(1, json ? `${JSON.stringify(processes.map(asJson), null, 2)}\n` : tableOf(processes, pageOf(1).width));
  return 0;
}

function asJson({ pid, startedAtMs, path, status }: Attachable): object {
  return { pid, startedAtMs, socket: path, status };
}

/** As `ps` prints it. */
export function tableOf(processes: readonly Attachable[], width: number): string {
  if (processes.length === 0) return 'no process has a monitor; start one with --monitor\n';
  const rows = [['PID', 'UPTIME', 'THREADS', 'STATE', 'COMMAND'], ...processes.map(rowOf)];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < 3 ? cell.padStart(widths[i]) : i < row.length - 1 ? cell.padEnd(widths[i]) : cell))
        .join('  ')
        .slice(0, width)
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function rowOf({ pid, startedAtMs, status }: Attachable): string[] {
  const uptime = durationOf((status?.uptimeMs ?? Date.now() - startedAtMs) / 1000);
  if (status === null) return [String(pid), uptime, '-', 'silent', ''];
  const live = status.threads.filter(({ state }) => state !== 'ended');
  return [String(pid), uptime, String(live.length), status.isRunning ? 'profiling' : 'stopped', commandOf(status)];
}

/** The command line of the process, without folders before the script. */
export function commandOf({ argv: [script = 'node', ...args] }: Pick<MonitorStatus, 'argv'>): string {
  return [basename(script), ...args].join(' ').replace(CONTROL_CHARACTERS, ' ');
}

/** What a terminal would act on; arguments may hold anything. */
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** `12 s`, `3 min`, `5 h 12 min`, `4 d 3 h`. */
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
