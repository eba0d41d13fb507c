// renderPprof(): against go's pprof, and field by field.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import * as pprof from 'pprof-format';
import { EverycallError } from '../../src/errors.ts';
import { renderPprof } from '../../src/exporters/pprof.ts';
import type { EdgePart, Part, Profile, StackPart } from '../../src/profile.ts';
import { anyProfile } from '../support/any-profile.ts';
import { EMPTY, FLAT, RECURSIVE, VARIED, WINDOWS_PATH } from '../support/exported-profiles.ts';
import { makeEdge, makeFunction, makeProfile, makeThread, ROOT, withoutCpu } from '../support/profiles.ts';
import { hasTool } from '../support/tools.ts';

type Index = 'samples' | 'wall' | 'cpu' | 'calls';
const INDICES: readonly Index[] = ['samples', 'wall', 'cpu', 'calls'];

type Figures = Record<string, { flat: number; cum: number }>;

/** Own and cumulated figures of each name, by a plain walk over the parts of stacks or edges that `wanted` takes. */
function recomputed(
  profile: Profile,
  index: Index,
  nameOf: (id: number) => string,
  wanted: (part: Part) => boolean = () => true,
): Figures {
  const figures = new Map<string, { flat: number; cum: number }>();
  const add = (frames: readonly number[], value: number) => {
    if (value === 0) return;
    const names = frames.map(nameOf);
    for (const name of new Set(names)) {
      const known = figures.get(name) ?? { flat: 0, cum: 0 };
      figures.set(name, { ...known, cum: known.cum + value });
    }
    figures.get(names[0])!.flat += value;
  };
  const sum = <P extends Part>(parts: readonly P[], value: (part: P) => number) =>
    parts.filter(wanted).reduce((total, part) => total + value(part), 0);
  if (index === 'calls') {
    for (const { caller, callee, parts } of profile.edges) {
      add(
        caller === callee ? [callee] : [callee, caller],
        sum<EdgePart>(parts, ({ calls }) => calls),
      );
    }
    return Object.fromEntries(figures);
  }
  const value = { samples: 'samples', wall: 'selfWallNs', cpu: 'selfCpuNs' }[index] as 'samples';
  profile.stacks.forEach(({ parts }, node) => {
    const frames: number[] = [];
    for (let i = node; i >= 0; i = profile.stacks[i].parent) frames.push(profile.stacks[i].fn);
    add(
      frames,
      sum<StackPart>(parts, (part) => part[value]),
    );
  });
  return Object.fromEntries(figures);
}

/** The name; with the place where there are several of it. */
const namesOf =
  ({ functions }: Profile) =>
  (id: number) => {
    const { file, line, column, name } = functions[id];
    const alike = functions.filter((other) => other.name === name);
    return alike.length > 1 ? `${name} (${file.replaceAll('\\', '/')}:${line}:${column + 1})` : name;
  };

const VARIED_NAMES = [
  '(event loop)',
  'main loop (outer)',
  '解析 <T>.[Symbol.iterator]',
  'handler (/app/a.js:5:3)',
  'handler (/app/a.js:5:41)',
  'handler (/app/a.js:9:1)',
  'handler (/app/b.js:5:3)',
  'readFileSync',
];
const variedName = (id: number) => VARIED_NAMES[id];

/** The message with its texts in place of their numbers. */
function decoded(bytes: Uint8Array) {
  const message = pprof.Profile.decode(gunzipSync(bytes));
  const text = (index: number | bigint) => message.stringTable.strings[Number(index)];
  const functions = new Map(message.function.map((fn) => [fn.id, fn]));
  const locations = new Map(
    message.location.map(({ id, line: [{ functionId, line }] }) => [
      id,
      `${text(functions.get(functionId)!.name)}@${line}`,
    ]),
  );
  return {
    types: message.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    samples: message.sample.map(({ locationId, value, label }) => ({
      stack: locationId.map((id) => locations.get(id)!),
      value: value.map(Number),
      labels: Object.fromEntries(label.map(({ key, str }) => [text(key), text(str)])),
    })),
    functions: message.function.map(({ name, filename, startLine }) => `${text(name)} ${text(filename)}:${startLine}`),
    comments: message.comment.map(text),
    timeNanos: BigInt(message.timeNanos),
    durationNanos: Number(message.durationNanos),
    period: `${Number(message.period)} ${text(message.periodType!.type)}/${text(message.periodType!.unit)}`,
    default: text(message.defaultSampleType),
    program: message.mapping.map(({ filename }) => text(filename)),
  };
}

describe('renderPprof()', () => {
  it('writes exactly this', () => {
    const figures = { calls: 3, primitiveCalls: 3, selfWallNs: 40, totalWallNs: 40, selfCpuNs: 20, totalCpuNs: 20 };
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, { ...figures, name: 'a', line: 5 })],
      edges: [makeEdge(0, 1, { ...figures, line: 0 })],
      stacks: [
        { parent: -1, fn: 0, samples: 0, selfWallNs: 0, selfCpuNs: 0, parts: [] },
        {
          parent: 0,
          fn: 1,
          samples: 2,
          selfWallNs: 40,
          selfCpuNs: 20,
          parts: [{ thread: 0, tag: -1, samples: 2, selfWallNs: 40, selfCpuNs: 20 }],
        },
      ],
    });
    expect(decoded(renderPprof(profile))).to.deep.equal({
      types: ['samples/count', 'wall/nanoseconds', 'cpu/nanoseconds', 'calls/count'],
      samples: [
        { stack: ['a@5', '(event loop)@0'], value: [2, 40, 20, 0], labels: { thread: 'main' } },
        { stack: ['a@5', '(event loop)@0'], value: [0, 0, 0, 3], labels: { thread: 'main' } },
      ],
      functions: ['a /app/main.js:5', '(event loop) :0'],
      comments: [
        'everycall 0.1.0, Node.js v20.19.0, linux x64',
        '1 session, 1.000 s; 1 thread; exact precision',
        'dropped: nothing',
      ],
      timeNanos: 1_699_999_999_000_000_000n,
      durationNanos: 1e9,
      period: '1000000 wall/nanoseconds',
      default: 'wall',
      program: ['/app/main.js'],
    });
  });

  it('gives the same bytes every time, with nothing of the machine and the moment in the gzip header', () => {
    const bytes = renderPprof(VARIED);
    expect(renderPprof(VARIED)).to.deep.equal(bytes);
    expect([...bytes.subarray(0, 10)]).to.deep.equal([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  });

  it('labels samples with thread, tag and, of several processes, the pid', () => {
    const { samples } = decoded(renderPprof(VARIED));
    const labels = samples.filter(({ value }) => value[3] > 0).map((sample) => sample.labels);
    expect(labels.slice(0, 6)).to.deep.equal([
      { thread: 'main', pid: '4711' },
      { thread: 'main', tag: 'GET /a', pid: '4711' },
      { thread: 'main', tag: 'GET /ü', pid: '4711' },
      { thread: 'main', tag: 'GET /a', pid: '4711' },
      { thread: 'worker: 解', pid: '4711' },
      { thread: 'ended threads, together', pid: '4711' },
    ]);
    expect(labels[9]).to.deep.equal({ thread: 'main', pid: '4712' });
  });

  it('tells threads of one name apart', () => {
    const profile: Profile = {
      ...VARIED,
      threads: VARIED.threads.map((thread) => makeThread(thread.id, { name: 'w' })),
    };
    const names = decoded(renderPprof(profile)).samples.map(({ labels }) => labels.thread);
    expect([...new Set(names)]).to.deep.equal(['w (0)', 'w (1)', 'ended threads, together', 'w (2)']);
  });

  it('gives callers the line of the call, in stacks and in edges', () => {
    const { samples } = decoded(renderPprof(VARIED));
    const parse = '解析 <T>.[Symbol.iterator]';
    const stack = ['readFileSync@0', `${parse}@20`, `${parse}@8`, 'main loop (outer)@12', '(event loop)@0'];
    expect(samples.map((sample) => sample.stack))
      .to.deep.include(stack)
      .and.to.deep.include(stack.slice(0, 2));
  });

  it('gives the file of a function with slashes, as readers of any system take it', () => {
    expect(decoded(renderPprof(VARIED)).functions).to.include(`解析 <T>.[Symbol.iterator] ${WINDOWS_PATH}:7`);
  });

  it('shows CPU time first if asked', () => {
    expect(decoded(renderPprof(VARIED, { clock: 'cpu' })).default).to.equal('cpu');
  });

  it('has no CPU time where there is no CPU clock', () => {
    const plain = decoded(renderPprof(withoutCpu(VARIED)));
    expect(plain.types).to.deep.equal(['samples/count', 'wall/nanoseconds', 'calls/count']);
    expect(plain.samples[0].value).to.deep.equal([4, 40, 0]);
    expect(plain.comments).to.include('CPU time is unavailable: there is no per-thread CPU clock');
  });

  it('labels a tag without a name, which pprof would take for the number 0', () => {
    const tags = VARIED.tags.map((tag) => ({ ...tag, name: '' }));
    const labels = decoded(renderPprof({ ...VARIED, tags })).samples.map((sample) => sample.labels.tag);
    expect([...new Set(labels)]).to.deep.equal([undefined, '(no name)']);
  });

  it('says what was dropped', () => {
    expect(decoded(renderPprof(VARIED)).comments[2]).to.match(/^dropped: 3 calls .*; 2 stack samples/);
  });

  it('holds no sample for an empty profile', () => {
    const empty = decoded(renderPprof(EMPTY));
    expect(empty.samples).to.deep.equal([]);
    // When nothing was ever started: the moment it was taken.
    expect(empty.timeNanos).to.equal(1_700_000_000_000_000_000n);
    expect(empty.durationNanos).to.equal(0);
  });

  it('refuses clocks it does not know, and CPU time where there is none', () => {
    expect(() => renderPprof(EMPTY, { clock: 'moon' as never }))
      .to.throw(EverycallError, "renderPprof() expects 'clock' to be wall or cpu, got 'moon'")
      .with.property('code', 'bad-option');
    expect(() => renderPprof(withoutCpu(EMPTY), { clock: 'cpu' })).to.throw(EverycallError, /^renderPprof\(\) expects/);
  });

  describe('read by go tool pprof (needs go)', function () {
    let folder: string;
    before(function () {
      if (!hasTool('go')) this.skip();
      folder = mkdtempSync(join(tmpdir(), 'everycall-pprof-'));
    });
    after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

    function go(profile: Profile, ...options: string[]): string {
      const path = join(folder, 'profile.pb.gz');
      writeFileSync(path, renderPprof(profile));
      const all = ['tool', 'pprof', '-nodecount=0', '-nodefraction=0', '-edgefraction=0', ...options, path];
      const { stdout, stderr, status } = spawnSync('go', all, {
        encoding: 'utf8',
        cwd: folder,
        // Its settings and caches stay in the folder, and it must not reach for the network.
        env: { PATH: process.env.PATH, HOME: folder, PPROF_TMPDIR: folder, GOPROXY: 'off', GOTOOLCHAIN: 'local' },
      });
      expect(status, stderr).to.equal(0);
      return stdout;
    }

    function top(profile: Profile, index: Index, ...options: string[]): Figures {
      const figures = new Map<string, { flat: number; cum: number }>();
      for (const line of go(profile, '-top', '-cum', `-sample_index=${index}`, '-unit=ns', ...options).split('\n')) {
        const [, flat, cum, name] = /^ *(\d+)(?:ns)? +[\d.]+% +[\d.]+% +(\d+)(?:ns)? +[\d.]+%  (.*)$/.exec(line) ?? [];
        if (name !== undefined) figures.set(name, { flat: Number(flat), cum: Number(cum) });
      }
      return Object.fromEntries(figures);
    }

    for (const index of INDICES) {
      it(`shows the ${index} of flat, recursive and varied profiles`, () => {
        expect(top(FLAT, index)).to.deep.equal(recomputed(FLAT, index, namesOf(FLAT)));
        expect(top(RECURSIVE, index)).to.deep.equal(recomputed(RECURSIVE, index, namesOf(RECURSIVE)));
        expect(top(VARIED, index)).to.deep.equal(recomputed(VARIED, index, variedName));
      });
    }

    it('shows exact calls as flat', () => {
      const calls = top(VARIED, 'calls');
      for (const { id, calls: exact } of VARIED.functions) expect(calls[variedName(id)].flat).to.equal(exact);
    });

    it('lists threads, tags and processes', () => {
      const found: Record<string, Record<string, number>> = {};
      let key = '';
      for (const line of go(VARIED, '-tags', '-sample_index=wall', '-unit=ns').split('\n')) {
        const [, total] = /^ *(\w+): Total/.exec(line) ?? [];
        if (total !== undefined) found[(key = total)] = {};
        const [, ns, value] = /^ *([\d.]+)ns \([ \d.]+%\): (.*)$/.exec(line) ?? [];
        if (value !== undefined) found[key][value] = Number(ns);
      }
      expect(found).to.deep.equal({
        thread: { main: 610, 'worker: 解': 60, 'ended threads, together': 50 },
        tag: { 'GET /a': 200, 'GET /ü': 30 },
        pid: { 4711: 650, 4712: 70 },
      });
    });

    it('picks a tag or a thread', () => {
      expect(top(VARIED, 'calls', '-tagfocus=tag=GET /a$')).to.deep.equal(
        recomputed(VARIED, 'calls', variedName, ({ tag }) => tag === 0),
      );
      expect(top(VARIED, 'cpu', '-tagfocus=thread=worker')).to.deep.equal(
        recomputed(VARIED, 'cpu', variedName, ({ thread }) => thread === 1),
      );
    });

    it('shows when, how long and what was dropped', () => {
      const text = go(VARIED, '-top');
      expect(text)
        .to.match(/^File: main\.js$/m)
        .and.to.match(/^Type: wall$/m)
        .and.to.match(/^Duration: 3s,/m);
      expect(go(VARIED, '-raw')).to.include('Time: 2023-11-14 22:13:19 +0000 UTC');
      expect(go(VARIED, '-comments')).to.match(/^dropped: 3 calls/m);
    });

    it('reads an empty profile and one without a CPU clock', () => {
      expect(top(EMPTY, 'wall')).to.deep.equal({});
      const plain = withoutCpu(FLAT);
      expect(top(plain, 'wall')).to.deep.equal(recomputed(plain, 'wall', namesOf(plain)));
      expect(go(plain, '-raw')).to.include('samples/count wall/nanoseconds[dflt] calls/count');
    });

    it('agrees with any profile', () => {
      fc.assert(
        fc.property(anyProfile({ cpu: true }), fc.constantFrom(...INDICES), (profile, index) => {
          expect(top(profile, index)).to.deep.equal(recomputed(profile, index, namesOf(profile)));
        }),
        { numRuns: 15 },
      );
    });
  });
});
