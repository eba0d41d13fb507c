// save() and load(): what is saved comes back, what is damaged is refused in one clear line, nothing is left half done.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { SITE_KINDS } from '../runtime/contract.ts';
import { EverycallError } from '../src/errors.ts';
import { load, save, writeWhole } from '../src/files.ts';
import type { Profile } from '../src/profile.ts';
import { makeProfile, makeShare, profileOfSpans, withoutCpu } from './support/profiles.ts';

let folder: string;
const inFolder = (name: string) => join(folder, name);

function refusal(act: () => unknown): string {
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
function refusalOf(content: string | Uint8Array, name = 'bad.json'): string {
  writeFileSync(inFolder(name), content);
  const message = refusal(() => load(inFolder(name)));
  const start = `cannot load ${inFolder(name)}: `;
  expect(message.startsWith(start), message).to.equal(true);
  return message.slice(start.length);
}

const sample = profileOfSpans([[['a', 5, ['b', 7], ['a', 1]]], [['b', 2]]], { innerNs: 1, outerNs: 2 });

/** The sample as plain JSON data, changed by `change`, as text. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- damages what the types would protect
function changed(change: (data: any) => void): string {
  const data = JSON.parse(JSON.stringify({ format: 'everycall.profile', ...sample }));
  change(data);
  return JSON.stringify(data);
}

const text = fc.string({ unit: 'binary' });
const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));
// JSON has no -0; no figure is below zero.
const ns = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs);
const cpu = fc.option(ns);
const counts = { calls: count, primitiveCalls: count };
const times = { selfWallNs: ns, selfCpuNs: cpu, totalWallNs: ns, totalCpuNs: cpu, resumes: count, awaitNs: ns };
const place = { name: text, file: text, line: count, column: count };
const index = (length: number) => fc.integer({ min: 0, max: length - 1 });

const anyProfile: fc.Arbitrary<Profile> = fc
  .record({
    functionCount: fc.integer({ min: 1, max: 5 }),
    threadCount: fc.integer({ min: 0, max: 3 }),
    tagCount: fc.integer({ min: 0, max: 3 }),
    nodeCount: fc.nat(4),
  })
  .chain(({ functionCount, threadCount, tagCount, nodeCount }) => {
    const rows = <T>(length: number, row: (i: number) => fc.Arbitrary<T>) =>
      fc.tuple(...Array.from({ length }, (_, i) => row(i)));
    const share = fc.record({
      ...counts,
      ...times,
      thread: fc.integer({ min: -1, max: threadCount - 1 }),
      open: count,
    });
    const tagShare = fc.record({ ...counts, ...times, tag: index(Math.max(1, tagCount)), open: count });
    return fc.record({
      formatVersion: fc.constant(2),
      everycallVersion: text,
      nodeVersion: text,
      platform: text,
      pid: count,
      argv: fc.array(text),
      takenAtMs: ns,
      running: fc.boolean(),
      precision: fc.constantFrom('adaptive', 'exact', 'sampled'),
      tickMs: ns,
      overhead: fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
      clock: fc.record({
        wall: text,
        cpu: fc.option(text),
        wallCostNs: ns,
        cpuCostNs: cpu,
        wallResolutionNs: ns,
        cpuResolutionNs: cpu,
      }),
      hookCost: fc.option(
        fc.record({
          exactInnerNs: ns,
          exactOuterNs: ns,
          sampledInnerNs: ns,
          sampledOuterNs: ns,
          exactShare: fc.constantFrom(0, 0.5, 1),
        }),
      ),
      sessions: fc.array(fc.record({ startedAtMs: ns, durationNs: ns })),
      threads: rows(threadCount, (id) =>
        fc.record({
          id: fc.constant(id),
          threadId: count,
          name: text,
          state: fc.constantFrom('running', 'ended', 'folded'),
          wallNs: ns,
          cpuNs: cpu,
          calls: count,
          regimeSwitches: count,
        }),
      ),
      tags: rows(tagCount, (id) =>
        fc.record({ id: fc.constant(id), name: text, wallNs: ns, cpuNs: cpu, calls: count }),
      ),
      functions: rows(functionCount, (id) =>
        fc.record({
          ...counts,
          ...times,
          ...place,
          id: fc.constant(id),
          key: text,
          kind: fc.constantFrom(...SITE_KINDS, 'root', 'overflow'),
          open: count,
          selfErrorNs: ns,
          totalErrorNs: ns,
          longestBlockNs: ns,
          threads: fc.array(share, { maxLength: 3 }),
          tags: fc.array(tagShare, { maxLength: tagCount }),
        }),
      ),
      edges: fc.array(fc.record({ ...counts, ...times, caller: index(functionCount), callee: index(functionCount) }), {
        maxLength: 4,
      }),
      stacks: rows(nodeCount, (i) =>
        fc.record({
          parent: i === 0 ? fc.constant(-1) : index(i),
          fn: index(functionCount),
          selfWallNs: ns,
          selfCpuNs: cpu,
        }),
      ),
      dropped: fc.record({
        edgeCalls: count,
        siteCalls: count,
        deepCalls: count,
        samples: count,
        threads: count,
        tagCalls: count,
      }),
      notInstrumented: fc.array(fc.record({ ...place, kind: fc.constantFrom(...SITE_KINDS), reason: text }), {
        maxLength: 3,
      }),
    }) as fc.Arbitrary<Profile>;
  });

describe('save() and load()', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('give back what was saved, whatever it is', () => {
    fc.assert(
      fc.property(anyProfile, fc.constantFrom('p.json', 'p.json.gz'), (profile, name) => {
        save(profile, inFolder(name));
        // Copied by its JSON-free form: fast-check's records have no prototype.
        expect(load(inFolder(name))).to.deep.equal(structuredClone(profile));
      }),
      { numRuns: 150 },
    );
  });

  it('compress where the name ends in .gz, and read either under any name', () => {
    save(sample, inFolder('a.json'));
    save(sample, inFolder('b.JSON.GZ'));
    expect(JSON.parse(readFileSync(inFolder('a.json'), 'utf8'))).to.include({
      format: 'everycall.profile',
      formatVersion: 2,
    });
    expect(String(gunzipSync(readFileSync(inFolder('b.JSON.GZ'))))).to.equal(readFileSync(inFolder('a.json'), 'utf8'));
    writeFileSync(inFolder('c.json'), gzipSync(readFileSync(inFolder('a.json'))));
    expect(load(inFolder('c.json'))).to.deep.equal(sample);
  });

  it('keep CPU apart from zero where there was no clock', () => {
    save(withoutCpu(sample), inFolder('a.json'));
    expect(load(inFolder('a.json')).functions[1].selfCpuNs).to.equal(null);
  });

  it('give a profile nobody can change', () => {
    save(sample, inFolder('a.json'));
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(load(inFolder('a.json')))).to.equal(true);
  });
});

describe('load()', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names a file that is not there', () => {
    expect(refusal(() => load(inFolder('no.json')))).to.contain(`cannot load ${inFolder('no.json')}: ENOENT`);
    expect(refusal(() => load(folder))).to.contain('EISDIR');
  });

  it('refuses what is no JSON, or only a part of it', () => {
    const whole = JSON.stringify({ format: 'everycall.profile', ...sample });
    expect(refusalOf('')).to.equal('expected JSON, got an empty file');
    expect(refusalOf('hello')).to.match(/^expected JSON, got something else or a part of it \(.*hello.*\)$/);
    for (const length of [1, 50, whole.length - 1]) {
      expect(refusalOf(whole.slice(0, length))).to.match(/^expected JSON, got something else or a part of it/);
    }
    expect(refusalOf(Uint8Array.of(0x7b, 0xff, 0x7d))).to.equal('expected JSON as UTF-8 text, got other bytes');
  });

  it('refuses damaged gzip data', () => {
    const whole = gzipSync(JSON.stringify({ format: 'everycall.profile', ...sample }));
    expect(refusalOf(whole.subarray(0, 40))).to.match(/^expected gzip data, got something else or a part of it/);
    const flipped = Uint8Array.from(whole);
    flipped[60] ^= 0xff;
    expect(refusalOf(flipped)).to.match(/^expected gzip data/);
    expect(refusalOf(Uint8Array.of(0x1f, 0x8b, 1, 2, 3), 'bad.json.gz')).to.match(/^expected gzip data/);
    expect(refusalOf('garbage', 'bad.json.gz')).to.match(/^expected JSON/);
  });

  it('refuses other JSON', () => {
    for (const other of ['null', '7', '[]', '{}', '{"nodes":[]}', '{"format":"pprof"}']) {
      expect(refusalOf(other)).to.equal('expected "format": "everycall.profile", got other JSON');
    }
  });

  it('says that another version of everycall wrote it, before anything else', () => {
    const file = (version: number) => `{"format":"everycall.profile","formatVersion":${version},"novelty":1}`;
    expect(refusalOf(file(3))).to.equal('expected formatVersion to be 2, got 3: a newer everycall wrote it');
    expect(refusalOf(file(1))).to.equal('expected formatVersion to be 2, got 1: an older everycall wrote it');
    for (const version of ['0', '"1"', 'null', '1.5']) {
      expect(refusalOf(`{"format":"everycall.profile","formatVersion":${version}}`)).to.equal(
        `expected formatVersion to be a whole number from 1, got ${version}`,
      );
    }
  });

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- damages what the types would protect
  const damages: [what: string, change: (data: any) => void, message: string][] = [
    ['a missing field', (p) => delete p.pid, 'expected pid to be a whole number from 0, got nothing'],
    ['a field too many', (p) => (p.extra = 1), 'expected an object without other fields, got "extra"'],
    [
      'a negative count',
      (p) => (p.functions[1].calls = -1),
      'expected functions[1].calls to be a whole number from 0, got -1',
    ],
    ['half a call', (p) => (p.edges[0].calls = 0.5), 'expected edges[0].calls to be a whole number from 0, got 0.5'],
    [
      'a count past exactness',
      (p) => (p.edges[0].calls = 2 ** 53),
      'expected edges[0].calls to be a whole number from 0, got 9007199254740992',
    ],
    [
      'a negative time',
      (p) => (p.functions[1].selfWallNs = -0.5),
      'expected functions[1].selfWallNs to be a number from 0, got -0.5',
    ],
    [
      'text for a number',
      (p) => (p.threads[1].wallNs = '7'),
      'expected threads[1].wallNs to be a number from 0, got "7"',
    ],
    ['a number for text', (p) => (p.functions[1].name = 7), 'expected functions[1].name to be text, got 7'],
    ['an object for a list', (p) => (p.edges = {}), 'expected edges to be a list, got an object'],
    ['a list for an object', (p) => (p.dropped = []), 'expected dropped to be an object, got a list'],
    ['null for a list', (p) => (p.argv = null), 'expected argv to be a list, got null'],
    [
      'null for wall time',
      (p) => (p.functions[1].totalWallNs = null),
      'expected functions[1].totalWallNs to be a number from 0, got null',
    ],
    ['a number for a flag', (p) => (p.running = 1), 'expected running to be true or false, got 1'],
    ['an unknown kind', (p) => (p.functions[1].kind = 'macro'), 'expected functions[1].kind to be one of '],
    [
      'an unknown precision',
      (p) => (p.precision = 'constructor'),
      'expected precision to be one of adaptive, exact, sampled, got "constructor"',
    ],
    [
      'a share above one',
      (p) => (p.hookCost.exactShare = 1.1),
      'expected hookCost.exactShare to be a number from 0 to 1, got 1.1',
    ],
    [
      'a function under another index',
      (p) => (p.functions[1].id = 2),
      'expected functions[1].id to be its own index 1, got 2',
    ],
    [
      'a thread under another index',
      (p) => (p.threads[1].id = 0),
      'expected threads[1].id to be its own index 1, got 0',
    ],
    [
      'an edge from nowhere',
      (p) => (p.edges[1].caller = 3),
      'expected edges[1].caller to be the index of one of 3 functions, got 3',
    ],
    [
      'an edge to nowhere',
      (p) => (p.edges[1].callee = 99),
      'expected edges[1].callee to be the index of one of 3 functions, got 99',
    ],
    [
      'a share of no thread',
      (p) => (p.functions[1].threads[0].thread = 2),
      'expected functions[1].threads[0].thread to be the index of one of 2 threads, got 2',
    ],
    [
      'a stack of no function',
      (p) => (p.stacks[0].fn = 3),
      'expected stacks[0].fn to be the index of one of 3 functions, got 3',
    ],
    [
      'a call tree without root',
      (p) => (p.stacks[0].parent = 0),
      'expected stacks[0].parent to be -1, the root, got 0',
    ],
    [
      'a call tree that bites its tail',
      (p) => p.stacks.push({ ...p.stacks[0], parent: 1 }),
      'expected stacks[1].parent to be an index from 0 to 0, got 1',
    ],
    [
      'long text where none belongs',
      (p) => (p.pid = 'x'.repeat(500)),
      `expected pid to be a whole number from 0, got "${'x'.repeat(39)}…`,
    ],
  ];
  for (const [what, change, message] of damages) {
    it(`refuses ${what}`, () => expect(refusalOf(changed(change)).slice(0, message.length)).to.equal(message));
  }

  it('refuses numbers that JSON can write and no figure can be', () => {
    expect(refusalOf(changed(() => {}).replace('"pid":4711', '"pid":1e999'))).to.contain('got Infinity');
    expect(refusalOf(changed(() => {}).replace('"pid":4711', '"pid":NaN'))).to.match(/^expected JSON/);
  });

  it('refuses keys that would reach prototypes', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const attack = (where: string) => changed(() => {}).replace(where, `${where}"${key}":{"polluted":1},`);
      expect(refusalOf(attack('{'))).to.equal(`expected an object without other fields, got "${key}"`);
      expect(refusalOf(attack('"clock":{'))).to.contain(`got "${key}"`);
    }
    // A field that is only inherited is not there.
    expect(refusalOf(changed((p) => delete p.pid).replace('{', '{"__proto__":{"pid":1},'))).to.contain('pid');
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('takes names that look like prototype keys', () => {
    const [root, a, b] = sample.functions;
    const profile = { ...sample, functions: [root, { ...a, name: '__proto__' }, b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json')).functions[1].name).to.equal('__proto__');
  });

  it('takes figures of folded threads', () => {
    const [root, a, b] = sample.functions;
    const profile = { ...sample, functions: [root, { ...a, threads: [makeShare(-1)] }, b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(profile);
  });
});

describe('save()', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('replaces a file and leaves nothing beside it', () => {
    save(makeProfile(), inFolder('a.json'));
    save(sample, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
    expect(readdirSync(folder)).to.deep.equal(['a.json']);
  });

  it('refuses a profile that could not be loaded, and keeps the file that was there', () => {
    save(sample, inFolder('a.json'));
    const broken = { ...sample, tickMs: NaN };
    expect(refusal(() => save(broken, inFolder('a.json')))).to.equal(
      `cannot save to ${inFolder('a.json')}: expected tickMs to be a number from 0, got NaN`,
    );
    const alien = { ...sample, extra: () => 1 };
    expect(refusal(() => save(alien, inFolder('a.json')))).to.contain('got "extra"');
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
  });

  it('refuses fields that are only inherited, since JSON would lose them', () => {
    expect(refusal(() => save(Object.create(sample), inFolder('a.json')))).to.contain('got nothing');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('says in one line that it cannot write', () => {
    expect(refusal(() => save(sample, inFolder('no/a.json')))).to.contain(
      `cannot write ${inFolder('no/a.json')}: ENOENT`,
    );
    expect(refusal(() => save(sample, folder))).to.contain('EISDIR');
  });
});

describe('writeWhole()', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('removes the temporary file when the rename fails', () => {
    // A folder's name that is not there: the temporary file is written before that shows.
    expect(refusal(() => writeWhole(inFolder('new/'), 'text'))).to.contain(`cannot write ${inFolder('new/')}`);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('takes the longest names there are', () => {
    const name = `${'n'.repeat(250)}.json`;
    writeWhole(inFolder(name), 'text');
    expect(readdirSync(folder)).to.deep.equal([name]);
  });

  it('follows a link to the file it names', () => {
    writeFileSync(inFolder('real.txt'), 'old');
    symlinkSync('real.txt', inFolder('link.txt'));
    writeWhole(inFolder('link.txt'), 'new');
    expect(readFileSync(inFolder('real.txt'), 'utf8')).to.equal('new');
    expect(readdirSync(folder).sort()).to.deep.equal(['link.txt', 'real.txt']);
  });

  it('keeps the permissions of a file it replaces', function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(inFolder('a.txt'), 'old');
    chmodSync(inFolder('a.txt'), 0o600);
    writeWhole(inFolder('a.txt'), 'new');
    expect(statSync(inFolder('a.txt')).mode & 0o777).to.equal(0o600);
  });
});
