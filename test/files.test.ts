// save() and load(): what is saved comes back, what is damaged is refused in one clear line, nothing is left half done.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { SITE_KINDS } from '../runtime/contract.ts';
import { EverycallError } from '../src/errors.ts';
import { renderJson } from '../src/exporters/json.ts';
import { load, save, writeWhole } from '../src/files.ts';
import type { Part, Profile } from '../src/profile.ts';
import { edgeOf, functionOf, keyOf, stackOf } from '../src/statistics/assembly.ts';
import { makeEdge, makeFunction, makePart, makeProfile, profileOfSpans, ROOT, withoutCpu } from './support/profiles.ts';

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
  const data = JSON.parse(renderJson(sample));
  change(data);
  return JSON.stringify(data);
}

const text = fc.string({ unit: 'binary' });
const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 40));
// JSON has no -0; no figure is below zero.
const ns = fc.double({ min: 0, max: 1e15, noNaN: true }).map(Math.abs);
const cpu = fc.option(ns);
const edgeFigures = {
  calls: count,
  primitiveCalls: count,
  resumes: count,
  awaitNs: ns,
  selfWallNs: ns,
  selfCpuNs: cpu,
  totalWallNs: ns,
  totalCpuNs: cpu,
};
const place = { name: text, file: text, line: count, column: count };
const index = (length: number) => fc.integer({ min: 0, max: length - 1 });
const durations = fc
  .uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 4 })
  .map((buckets) => buckets.sort((a, b) => a - b).map((i) => ({ fromNs: i * 8, toNs: (i + 1) * 8, calls: i + 1 })));

/** Any profile that holds together, whatever its figures. */
const anyProfile: fc.Arbitrary<Profile> = fc
  .record({
    functionCount: fc.integer({ min: 1, max: 5 }),
    processCount: fc.integer({ min: 1, max: 2 }),
    threadCount: fc.integer({ min: 0, max: 3 }),
    tagCount: fc.integer({ min: 0, max: 3 }),
    nodeCount: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ functionCount, processCount, threadCount, tagCount, nodeCount }) => {
    const rows = <T>(length: number, row: (i: number) => fc.Arbitrary<T>) =>
      fc.tuple(...Array.from({ length }, (_, i) => row(i)));
    const where = {
      thread: fc.integer({ min: -processCount, max: threadCount - 1 }),
      tag: fc.integer({ min: -1, max: tagCount - 1 }),
    };
    const parts = <T>(figures: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
      fc.array(fc.record({ ...where, ...figures }, { noNullPrototype: true }) as fc.Arbitrary<T & Part>, {
        maxLength: 3,
      });
    const functionParts = parts({
      ...edgeFigures,
      open: count,
      errors: count,
      selfErrorNs: ns,
      totalErrorNs: ns,
      maxTotalNs: ns,
      longestBlockNs: ns,
      durations,
    });
    return fc.record(
      {
        formatVersion: fc.constant(3),
        processes: rows(processCount, () =>
          fc.record({
            pid: count,
            startedAtMs: ns,
            argv: fc.array(text),
            nodeVersion: text,
            platform: text,
            everycallVersion: text,
            takenAtMs: ns,
            running: fc.boolean(),
            precision: fc.constantFrom('adaptive' as const, 'exact' as const, 'sampled' as const),
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
          }),
        ),
        sessions: fc.array(fc.record({ process: index(processCount), startedAtMs: ns, durationNs: ns })),
        threads: rows(threadCount, (id) =>
          fc.record({
            id: fc.constant(id),
            process: index(processCount),
            threadId: count,
            name: text,
            state: fc.constantFrom('running' as const, 'ended' as const, 'folded' as const),
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
          fc
            .record({ ...place, kind: fc.constantFrom(...SITE_KINDS, 'gc' as const), parts: functionParts })
            // One root, and no identity twice.
            .map(({ parts: each, kind, line, ...identity }) => {
              const made = { ...identity, line: line * functionCount + id, kind: id === 0 ? ('root' as const) : kind };
              const named = made.kind === 'gc' || id === 0 ? { ...made, name: `${id} ${made.name}` } : made;
              return functionOf(id, keyOf(named), named, each);
            }),
        ),
        edges: fc
          .uniqueArray(
            fc.record({
              caller: index(functionCount),
              callee: index(functionCount),
              line: count,
              parts: parts(edgeFigures).filter((each) => each.length > 0),
            }),
            { maxLength: 4, selector: ({ caller, callee }) => `${caller} ${callee}` },
          )
          .map((edges) => edges.map(({ caller, callee, line, parts: each }) => edgeOf(caller, callee, line, each))),
        stacks: rows(nodeCount, (i) =>
          fc
            .record({
              parent: i === 0 ? fc.constant(-1) : index(i),
              fn: i === 0 ? fc.constant(0) : index(functionCount),
              parts: parts({ samples: count, selfWallNs: ns, selfCpuNs: cpu }),
            })
            .map(({ parent, fn, parts: each }) => stackOf(parent, fn, each)),
        ),
        dropped: fc.record({
          edgeCalls: count,
          siteCalls: count,
          deepCalls: count,
          samples: count,
          threads: count,
          tagCalls: count,
          durations: count,
        }),
        sources: fc.array(fc.record({ file: text, hash: text }), { maxLength: 3 }),
        notInstrumented: fc.array(fc.record({ ...place, kind: fc.constantFrom(...SITE_KINDS), reason: text }), {
          maxLength: 3,
        }),
      },
      { noNullPrototype: true },
    );
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
      formatVersion: 3,
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
    const whole = renderJson(sample).trimEnd();
    expect(refusalOf('')).to.equal('expected JSON, got an empty file');
    expect(refusalOf('hello')).to.match(/^expected JSON, got something else or a part of it \(.*hello.*\)$/);
    for (const length of [1, 50, whole.length - 1]) {
      expect(refusalOf(whole.slice(0, length))).to.match(/^expected JSON, got something else or a part of it/);
    }
    expect(refusalOf(Uint8Array.of(0x7b, 0xff, 0x7d))).to.equal('expected JSON as UTF-8 text, got other bytes');
  });

  it('refuses damaged gzip data', () => {
    const whole = gzipSync(renderJson(sample));
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
    expect(refusalOf(file(4))).to.equal('expected formatVersion to be 3, got 4: a newer everycall wrote it');
    expect(refusalOf(file(2))).to.equal('expected formatVersion to be 3, got 2: an older everycall wrote it');
    for (const version of ['0', '"1"', 'null', '1.5']) {
      expect(refusalOf(`{"format":"everycall.profile","formatVersion":${version}}`)).to.equal(
        `expected formatVersion to be a whole number from 1, got ${version}`,
      );
    }
  });

  const setCell = ([block]: Record<string, unknown[]>[], row: number, column: string, value: unknown) => {
    if (block[column] === undefined) throw new Error(`no column ${column}`);
    block[column][row] = value;
  };
  const repeatRow = ([block]: Record<string, unknown[]>[], row: number) => {
    for (const list of Object.values(block)) list.push(list[row]);
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- damages what the types would protect
  const damages: [what: string, change: (data: any) => void, message: string][] = [
    [
      'a missing field',
      (p) => delete p.processes[0].pid,
      'expected processes[0].pid to be a whole number from 0, got nothing',
    ],
    ['a missing table', (p) => delete p.edges, 'expected edges to be a list of blocks, got nothing'],
    ['a field too many', (p) => (p.extra = 1), 'expected an object without other fields, got "extra"'],
    [
      'a negative count',
      (p) => setCell(p.functionParts, 1, 'calls', -1),
      'expected functionParts[0].calls[1] to be a whole number from 0, got -1',
    ],
    [
      'half a call',
      (p) => setCell(p.edges, 0, 'calls', 0.5),
      'expected edges[0].calls[0] to be a whole number from 0, got 0.5',
    ],
    [
      'a count past exactness',
      (p) => setCell(p.edges, 0, 'calls', 2 ** 53),
      'expected edges[0].calls[0] to be a whole number from 0, got 9007199254740992',
    ],
    [
      'a negative time',
      (p) => setCell(p.functionParts, 1, 'selfWallNs', -0.5),
      'expected functionParts[0].selfWallNs[1] to be a number from 0, got -0.5',
    ],
    [
      'text for a number',
      (p) => (p.threads[1].wallNs = '7'),
      'expected threads[1].wallNs to be a number from 0, got "7"',
    ],
    ['a number for text', (p) => setCell(p.functions, 1, 'name', 7), 'expected functions[0].name[1] to be text, got 7'],
    ['an object for a table', (p) => (p.edges = {}), 'expected edges to be a list of blocks, got object'],
    ['a list for an object', (p) => (p.dropped = []), 'expected dropped to be an object, got a list'],
    ['text for a block', (p) => (p.edges[0] = 'x'), 'expected edges[0] to be an object of lists, got string'],
    ['an object for a column', (p) => (p.edges[0].calls = {}), 'expected edges[0].calls to be a list, got object'],
    [
      'a short column',
      (p) => p.edges[0].calls.pop(),
      'expected edges[0].calls to be a list of 4, as caller is, got one of 3',
    ],
    ['a missing column', (p) => delete p.edges[0].calls, 'expected edges[0].calls to be a list, got nothing'],
    [
      'an unknown column',
      (p) => (p.stacks[0].from = []),
      'expected stacks[0] to be no other lists than parent, fn, got "from"',
    ],
    ['null for a list', (p) => (p.processes[0].argv = null), 'expected processes[0].argv to be a list, got null'],
    [
      'null for wall time',
      (p) => setCell(p.functionParts, 1, 'totalWallNs', null),
      'expected functionParts[0].totalWallNs[1] to be a number from 0, got null',
    ],
    [
      'a number for a flag',
      (p) => (p.processes[0].running = 1),
      'expected processes[0].running to be true or false, got 1',
    ],
    ['an unknown kind', (p) => setCell(p.functions, 1, 'kind', 'macro'), 'expected functions[0].kind[1] to be one of '],
    [
      'an unknown precision',
      (p) => (p.processes[0].precision = 'constructor'),
      'expected processes[0].precision to be one of adaptive, exact, sampled, got "constructor"',
    ],
    [
      'a share above one',
      (p) => (p.processes[0].hookCost.exactShare = 1.1),
      'expected processes[0].hookCost.exactShare to be a number from 0 to 1, got 1.1',
    ],
    ['no process', (p) => (p.processes = []), 'expected processes to be a process, got none'],
    [
      'a thread of no process',
      (p) => (p.threads[1].process = 1),
      'expected threads[1].process to be the index of one of 1 processes, got 1',
    ],
    [
      'a session of no process',
      (p) => (p.sessions[0].process = 1),
      'expected sessions[0].process to be the index of one of 1 processes, got 1',
    ],
    [
      'a thread under another index',
      (p) => (p.threads[1].id = 0),
      'expected threads[1].id to be its own index 1, got 0',
    ],
    ['a function twice', (p) => repeatRow(p.functions, 1), 'expected functions[0][3] to be each function once, got '],
    [
      'a function of no file',
      (p) => setCell(p.functions, 1, 'file', 9),
      'expected functions[0][1] to be the index of one of 2 files, got 9',
    ],
    [
      'an edge from nowhere',
      (p) => setCell(p.edges, 1, 'caller', 3),
      'expected edges[0][1] to be the index of one of 3 functions, got 3',
    ],
    [
      'an edge to nowhere',
      (p) => setCell(p.edges, 1, 'callee', 99),
      'expected edges[0][1] to be the index of one of 3 functions, got 99',
    ],
    [
      'an edge twice',
      (p) => repeatRow(p.edges, 0),
      'expected edges to be the rows of each edge together, got 1 → 2 apart',
    ],
    [
      'figures of no thread',
      (p) => setCell(p.functionParts, 1, 'thread', 2),
      'expected functionParts[0][1] to be the index of one of 2 threads, got 2',
    ],
    [
      'figures of no process',
      (p) => setCell(p.functionParts, 1, 'thread', -2),
      'expected functionParts[0][1] to be a thread from -1, got -2',
    ],
    [
      'figures of no tag',
      (p) => setCell(p.functionParts, 1, 'tag', 0),
      'expected functionParts[0][1] to be the index of one of 0 tags, got 0',
    ],
    [
      'figures of no function',
      (p) => setCell(p.functionParts, 1, 'fn', 3),
      'expected functionParts[0][1] to be the index of one of 3 functions, got 3',
    ],
    [
      'a histogram that goes back',
      (p) =>
        setCell(p.functionParts, 1, 'durations', [
          [8, 16, 1],
          [0, 8, 1],
        ]),
      'expected functionParts[0][1].durations[1] to be [from, to, calls], ascending, got [0,8,1]',
    ],
    [
      'a stack of no function',
      (p) => setCell(p.stacks, 0, 'fn', 3),
      'expected stacks[0][0] to be the index of one of 3 functions, got 3',
    ],
    [
      'a call tree without root',
      (p) => setCell(p.stacks, 0, 'parent', 0),
      'expected stacks[0][0] to be -1, the root, got 0',
    ],
    [
      'a call tree rooted elsewhere',
      (p) => setCell(p.stacks, 0, 'fn', 1),
      'expected stacks[0][0] to be the root function, got one of kind function',
    ],
    [
      'an empty call tree',
      (p) => ((p.stacks = []), (p.stackParts = [])),
      'expected stacks to be the root, got nothing',
    ],
    [
      'a call tree that bites its tail',
      (p) => setCell(p.stacks, 1, 'parent', 1),
      'expected stacks[0][1] to be a parent from 0 to 0, got 1',
    ],
    [
      'long text where none belongs',
      (p) => (p.processes[0].pid = 'x'.repeat(500)),
      `expected processes[0].pid to be a whole number from 0, got "${'x'.repeat(39)}…`,
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
    expect(refusalOf(changed((p) => delete p.dropped).replace('{', '{"__proto__":{"dropped":{}},'))).to.contain(
      'dropped',
    );
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('takes names that look like prototype keys', () => {
    const [root, a, b] = sample.functions;
    const named = { ...a, name: '__proto__' };
    const profile = { ...sample, functions: [root, functionOf(1, keyOf(named), named, a.parts), b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(profile);
  });

  it('takes blocks of any length, and their columns in any order', () => {
    const cut = changed((p) => {
      for (const name of ['functions', 'functionParts', 'edges', 'stacks', 'stackParts']) {
        const [block] = p[name] as Record<string, unknown[]>[];
        const columns = Object.entries(block).reverse();
        p[name] = Array.from({ length: columns[0][1].length }, (_, i) =>
          Object.fromEntries(columns.map(([column, list]) => [column, [list[i]]])),
        );
      }
    });
    writeFileSync(inFolder('a.json'), cut);
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
  });

  it('takes more rows than a block holds', () => {
    const functions = [ROOT, ...Array.from({ length: 9000 }, (_, i) => makeFunction(i + 1, { calls: i }))];
    const edges = functions.slice(1).map(({ id }) => makeEdge(0, id, { calls: id }));
    const profile = makeProfile({ functions, edges });
    save(profile, inFolder('a.json.gz'));
    expect(load(inFolder('a.json.gz'))).to.deep.equal(profile);
  });

  it('takes figures of folded threads', () => {
    const [root, a, b] = sample.functions;
    const profile = { ...sample, functions: [root, functionOf(1, a.key, a, [makePart({ thread: -1, calls: 3 })]), b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(profile);
  });

  it('refuses a file that claims more than a text can hold', () => {
    const sparse = inFolder('huge.json');
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 31);
    expect(refusal(() => load(sparse))).to.match(/expected a file of at most \d+ bytes, got 2147483648$/);
    // A megabyte of blanks is a kilobyte of gzip data; 600 of them in a row are a file within that limit.
    const blanks = gzipSync(Buffer.alloc(1 << 20, ' '));
    expect(refusalOf(Buffer.concat(Array.from({ length: 600 }, () => blanks)))).to.match(
      /^expected gzip data, got something else/,
    );
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
    const broken = { ...sample, processes: [{ ...sample.processes[0], tickMs: NaN }] };
    expect(refusal(() => save(broken, inFolder('a.json')))).to.equal(
      `cannot save to ${inFolder('a.json')}: expected processes[0].tickMs to be a number from 0, got NaN`,
    );
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
    expect(readdirSync(folder)).to.deep.equal(['a.json']);
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
