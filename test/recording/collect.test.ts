// collect(): what is whole is added up, what is torn, missing or only a checkpoint is named. Files are written as processes
// write them, then damaged.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { save } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';
import { isAlive, systemStart } from '../../src/recording/alive.ts';
import { collect, othersToEnd } from '../../src/recording/collect.ts';
import { fileOf, type FileKind, type Marker, newProcessName, parseFileName } from '../../src/recording/names.ts';
import { makeFunction, makeProfile, ROOT } from '../support/profiles.ts';

let folder: string;

/** A pid that no process has: beyond the largest the system gives out. */
const GONE = 2 ** 22 + 1;

function profileOf(pid: number, calls: number): Profile {
  const idle = Array.from({ length: 40 }, (_, i) => makeFunction(i + 2, { name: `g${i ** 5}` })); // some bytes to cut
  return makeProfile({
    process: { pid },
    functions: [ROOT, makeFunction(1, { calls, primitiveCalls: calls }), ...idle],
  });
}

function write(pid: number, kind: FileKind, content: Profile | Partial<Marker> | string): string {
  const file = fileOf(folder, `${pid}-abc`, kind);
  if (typeof content === 'object' && 'functions' in content) save(content, file);
  else writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function mark(pid: number, fields: Partial<Marker> = {}): void {
  write(pid, 'marker', {
    pid,
    argv: ['/app/main.js', '--port', '80'],
    nodeVersion: 'v20.19.0',
    startedAtMs: 1,
    ...fields,
  });
}

const callsIn = (profile: Profile | null) => profile?.functions.find(({ name }) => name === 'f1')?.calls;

describe('collect()', () => {
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-collect-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('adds up the profiles of all processes', () => {
    for (const [pid, calls] of [
      [GONE, 1],
      [GONE + 1, 10],
      [GONE + 2, 100],
    ]) {
      mark(pid);
      write(pid, 'profile', profileOf(pid, calls));
    }
    const { profile, problems } = collect(folder);
    expect(problems).to.deep.equal([]);
    expect(callsIn(profile)).to.equal(111);
    expect(profile!.processes.map(({ pid }) => pid)).to.deep.equal([GONE, GONE + 1, GONE + 2]);
  });

  it('prefers the profile to a checkpoint, and passes over files of others', () => {
    mark(GONE);
    write(GONE, 'checkpoint', profileOf(GONE, 3));
    write(GONE, 'profile', profileOf(GONE, 5));
    for (const name of ['.everycall-0a.tmp', 'notes.txt', 'p.json', 'x-1.json.gz'])
      writeFileSync(join(folder, name), 'x');
    expect(callsIn(collect(folder).profile)).to.equal(5);
    expect(collect(folder).problems).to.deep.equal([]);
  });

  it('takes the checkpoint of a process that left nothing else, and says of when it is', () => {
    mark(GONE);
    write(GONE, 'checkpoint', profileOf(GONE, 3));
    const { profile, problems } = collect(folder);
    expect(callsIn(profile)).to.equal(3);
    expect(problems).to.deep.equal([
      `process ${GONE} (main.js --port 80) was killed: its figures are those of its last checkpoint, at 2023-11-14T22:13:20.000Z`,
    ]);
  });

  it('names a process that left only its marker, and one that could not be recorded', () => {
    mark(GONE);
    mark(GONE + 1, { refused: 'expected Node.js 20.19 or later, got v18.0.0' });
    expect(collect(folder)).to.deep.equal({
      profile: null,
      problems: [
        `process ${GONE} (main.js --port 80) was killed: nothing is known of it`,
        `process ${GONE + 1} (main.js --port 80) was not recorded: expected Node.js 20.19 or later, got v18.0.0`,
      ],
    });
  });

  it('says that a process still runs', () => {
    mark(process.pid, { systemStart: systemStart(process.pid) ?? undefined });
    write(process.pid, 'checkpoint', profileOf(process.pid, 3));
    expect(collect(folder).problems).to.match(
      /^process \d+ \(main.js --port 80\) still runs: its figures are those of/,
    );
  });

  it('does without a marker that is missing or torn', () => {
    write(GONE, 'profile', profileOf(GONE, 2));
    expect(collect(folder).problems).to.deep.equal([]);
    expect(callsIn(collect(folder).profile)).to.equal(2);
    for (const torn of ['', '{"pid":', 'null', '[]', '{"pid":1}']) {
      write(GONE, 'marker', torn);
      expect(collect(folder).problems, torn).to.deep.equal([`process ${GONE}: its marker is torn`]);
      expect(callsIn(collect(folder).profile), torn).to.equal(2);
    }
  });

  it('survives a profile cut at any 64th byte: the others count, and it is named', () => {
    mark(GONE);
    write(GONE, 'profile', profileOf(GONE, 7));
    mark(GONE + 1);
    const file = write(GONE + 1, 'profile', profileOf(GONE + 1, 70));
    const whole = readFileSync(file);
    expect(whole.length).to.be.above(640);
    for (let length = 0; length < whole.length; length += 64) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      const { profile, problems } = collect(folder);
      expect(callsIn(profile), `${length} bytes`).to.equal(7);
      expect(problems, `${length} bytes`).to.have.length(2);
      expect(problems[0]).to.match(
        new RegExp(`^process ${GONE + 1} \\(main.js --port 80\\): cannot load .*: expected [^\\n]*$`),
      );
      expect(problems[1]).to.contain('left a torn profile: nothing is known of it');
    }
    writeFileSync(file, whole);
    expect(callsIn(collect(folder).profile)).to.equal(77);
  });

  it('takes the checkpoint in place of a torn profile', () => {
    mark(GONE);
    truncateSync(write(GONE, 'profile', profileOf(GONE, 7)), 100);
    write(GONE, 'checkpoint', profileOf(GONE, 4));
    const { profile, problems } = collect(folder);
    expect(callsIn(profile)).to.equal(4);
    expect(problems[1]).to.contain('left a torn profile: its figures are those of its last checkpoint');
  });

  it('finds nothing in an empty folder, and refuses what is none', () => {
    expect(collect(folder)).to.deep.equal({ profile: null, problems: [] });
    expect(() => collect(join(folder, 'none'))).to.throw(EverycallError, /^cannot read .*none: ENOENT/);
  });
});

describe('othersToEnd()', () => {
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-collect-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('waits for a process that runs until it has ended, and for none that has a profile or was refused', async () => {
    mark(process.pid);
    write(process.pid, 'profile', profileOf(process.pid, 1));
    mark(process.ppid, { refused: 'old' });
    await othersToEnd(folder, 1e9);
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    mark(child.pid!);
    let ended = false;
    child.on('exit', () => (ended = true));
    const waiting = othersToEnd(folder, 1e9);
    child.stdin!.end();
    await waiting;
    await new Promise((settle) => setImmediate(settle));
    expect(ended || !isAlive(child.pid!, undefined)).to.equal(true);
  });

  it('waits no longer than it is told', async () => {
    mark(process.pid);
    await othersToEnd(folder, 50);
  });
});

describe('isAlive()', () => {
  it('tells this process from one that had its pid before, and from none', () => {
    const start = systemStart(process.pid) ?? undefined;
    expect(isAlive(process.pid, start)).to.equal(true);
    if (process.platform === 'linux') expect(isAlive(process.pid, '1')).to.equal(false);
    expect(isAlive(GONE, undefined)).to.equal(false);
  });
});

describe('names of files', () => {
  it('say whose they are and what', () => {
    const name = newProcessName();
    for (const kind of ['marker', 'checkpoint', 'profile'] as const) {
      expect(parseFileName(fileOf('', name, kind))).to.deep.equal({ name, kind });
    }
    for (const other of ['p.json.gz', '12-ab', '12-ab.json', '.12-ab.json.gz', '12-ab.json.gz.tmp']) {
      expect(parseFileName(other), other).to.equal(null);
    }
  });
});
