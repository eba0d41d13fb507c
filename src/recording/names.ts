// The files of a recording. Each process has a marker from its start on, at times a checkpoint, and its profile in the end;
// the names say which is whose.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** What the marker of a process holds, as JSON. */
export interface Marker {
  readonly pid: number;
  /** See alive.ts. */
  readonly systemStart?: string | undefined;
  readonly argv: readonly string[];
  readonly nodeVersion: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Why the process is not recorded, if it is not. preload.ts writes this one without loading anything. */
  readonly refused?: string;
}

export type FileKind = 'marker' | 'checkpoint' | 'profile';

const ENDINGS: Readonly<Record<FileKind, string>> = {
  marker: '.process.json',
  checkpoint: '.checkpoint.json.gz',
  profile: '.json.gz',
};

/** Unlike that of any other process: a pid comes again, also in another container that shares the folder. */
export function newProcessName(): string {
  return `${process.pid}-${randomBytes(6).toString('hex')}`;
}

export function fileOf(directory: string, name: string, kind: FileKind): string {
  return join(directory, name + ENDINGS[kind]);
}

/** `null` for what is no file of a recording. */
export function parseFileName(file: string): { readonly name: string; readonly kind: FileKind } | null {
  const [, name, ending] = /^(\d+-\w+)(\..+)$/.exec(file) ?? [];
  const kind = (Object.keys(ENDINGS) as FileKind[]).find((candidate) => ENDINGS[candidate] === ending);
  return kind === undefined ? null : { name, kind };
}
