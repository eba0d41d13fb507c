// A recording's files as one profile, and what is missing from it: a process may still run, may have been killed, and any
// file may be torn.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EverycallError } from '../errors.ts';
import { load } from '../files.ts';
import { messageOf } from '../output.ts';
import type { Profile } from '../profile.ts';
import { merge } from '../statistics/merge.ts';
import { isAlive } from './alive.ts';
import { type FileKind, type Marker, parseFileName } from './names.ts';

export interface Collected {
  /** All that could be read, added up; `null` if nothing could. */
  readonly profile: Profile | null;
  /** One line for each thing that is missing, naming the process or the file. */
  readonly problems: readonly string[];
}

type FilesOfProcess = Partial<Record<FileKind, string>>;

/**
 * Reads the folder of a recording, whatever state it is in.
 *
 * @throws EverycallError `bad-file` if the folder cannot be read
 */
export function collect(directory: string): Collected {
  const profiles: Profile[] = [];
  const problems: string[] = [];
  for (const [name, files] of processesIn(directory)) {
    const marker = files.marker === undefined ? null : readMarker(files.marker);
    const title = titleOf(name, marker);
    if (marker?.refused !== undefined) {
      problems.push(`${title} was not recorded: ${marker.refused.replace(/\s+/g, ' ')}`);
      continue;
    }
    if (files.marker !== undefined && marker === null) problems.push(`${title}: its marker is torn`);
    const torn: string[] = [];
    const profile = loadOr(files.profile, torn) ?? loadOr(files.checkpoint, torn);
    problems.push(...torn.map((why) => `${title}: ${why}`));
    if (profile !== null) profiles.push(profile);
    if (files.profile !== undefined && torn.length === 0) continue;
    const ending = isRunning(marker)
      ? 'still runs'
      : files.profile === undefined
        ? 'was killed'
        : 'left a torn profile';
    problems.push(`${title} ${ending}: ${whatIsThere(profile)}`);
  }
  return { profile: profiles.length > 1 ? merge(...profiles) : (profiles[0] ?? null), problems };
}

/**
 * Waits until every process of the recording has written its profile or is no more, but not longer than that: what a
 * program started is often still about to end when the program has.
 */
export async function othersToEnd(directory: string, patienceMs: number): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  const isUnfinished = ({ profile, marker }: FilesOfProcess) =>
    profile === undefined && marker !== undefined && isRunning(readMarker(marker));
  while (performance.now() < untilMs && processesIn(directory).some(([, files]) => isUnfinished(files))) {
    await new Promise((settle) => setTimeout(settle, 20));
  }
}

/** Files of each process by its name, oldest pid first. */
function processesIn(directory: string): [name: string, files: FilesOfProcess][] {
  const found = new Map<string, FilesOfProcess>();
  for (const file of filesIn(directory).sort()) {
    const parsed = parseFileName(file);
    if (parsed === null) continue;
    found.set(parsed.name, { ...found.get(parsed.name), [parsed.kind]: join(directory, file) });
  }
  return [...found].sort(([a], [b]) => parseInt(a) - parseInt(b));
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new EverycallError('bad-file', `cannot read ${directory}: ${messageOf(error)}`, { cause: error });
  }
}

function readMarker(file: string): Marker | null {
  try {
    const marker = JSON.parse(readFileSync(file, 'utf8')) as Marker | null;
    if (typeof marker?.pid !== 'number' || !isTextList(marker.argv)) return null;
    const { refused, systemStart } = marker;
    return [refused, systemStart].every((text) => text === undefined || typeof text === 'string') ? marker : null;
  } catch {
    return null;
  }
}

const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string');

/** `null` where there is no such file, or it is torn. */
function loadOr(file: string | undefined, torn: string[]): Profile | null {
  if (file === undefined) return null;
  try {
    return load(file);
  } catch (error) {
    torn.push(messageOf(error));
    return null;
  }
}

/** `process 4711 (server.js --port 80)` */
function titleOf(name: string, marker: Marker | null): string {
  if (marker === null) return `process ${parseInt(name)}`;
  const [script = '', ...args] = marker.argv;
  return `process ${marker.pid} (${[basename(script), ...args].join(' ').replace(/\s+/g, ' ').slice(0, 60)})`;
}

function isRunning(marker: Marker | null): boolean {
  return marker !== null && marker.refused === undefined && isAlive(marker.pid, marker.systemStart);
}

function whatIsThere(profile: Profile | null): string {
  if (profile === null) return 'nothing is known of it';
  return `its figures are those of its last checkpoint, at ${dateText(profile.processes[0].takenAtMs)}`;
}

function dateText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}
