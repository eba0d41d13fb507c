// A folder for files with profiles, and what is said of those that are refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { renderJson } from '../../src/exporters/json.ts';
import { load } from '../../src/files.ts';
import { profileOfSpans } from './profiles.ts';

export let folder: string;

/** Gives each test of the suite an empty folder, gone after it. */
export function inFreshFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

export const inFolder = (name: string): string => join(folder, name);

export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    expect((error as EverycallError).code).to.equal('bad-file');
    expect((error as Error).message).to.not.contain('\n');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** What load() says of a file with this content, without the name of the file. */
export function refusalOf(content: string | Uint8Array, name = 'bad.json'): string {
  writeFileSync(inFolder(name), content);
  const message = refusal(() => load(inFolder(name)));
  const start = `cannot load ${inFolder(name)}: `;
  expect(message.startsWith(start), message).to.equal(true);
  return message.slice(start.length);
}

export const sample = profileOfSpans([[['a', 5, ['b', 7], ['a', 1]]], [['b', 2]]], { innerNs: 1, outerNs: 2 });

/** The sample as plain JSON data, changed by `change`, as text. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- damages what the types would protect
export function changed(change: (data: any) => void): string {
  const data = JSON.parse(renderJson(sample));
  change(data);
  return JSON.stringify(data);
}
