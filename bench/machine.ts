// What is measured on, as the head of a report says it.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

export const cpuModel = (): string => cpus()[0].model.trim();

/** Processes that want the processor, on average of the last minute. */
export const load = (): string => loadavg()[0].toFixed(1);

/** @throws Error where `node` is none */
export const nodeVersion = (node: string): string => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();

/** `Node v24.1.0, some CPU, 2 cores, 2026-11-28` */
export function machineLine(version: string): string {
  return `Node ${version}, ${cpuModel()}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`;
}
