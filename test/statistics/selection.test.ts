// Selections: against the parts themselves, and by putting cuts together again.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { FunctionStats, Profile } from '../../src/profile.ts';
import { FOLDED_THREADS, UNTAGGED } from '../../src/profile.ts';
import { stackOf } from '../../src/statistics/assembly.ts';
import { merge } from '../../src/statistics/merge.ts';
import { packageOf } from '../../src/statistics/package-name.ts';
import { select } from '../../src/statistics/selection.ts';
import type { ProfileFilter } from '../../src/statistics/filter.ts';
import { anyProfile } from '../support/any-profile.ts';
import {
  makeEdge,
  makeEdgePart,
  makeFunction,
  makePart,
  makeProcess,
  makeProfile,
  makeStackPart,
  makeThread,
  profileOfSpans,
  ROOT,
} from '../support/profiles.ts';

const names = ({ functions }: Profile) => functions.filter(({ kind }) => kind !== 'root').map(({ name }) => name);
const edges = ({ edges: list, functions }: Profile) =>
  list.map(({ caller, callee, calls }) => `${functions[caller].name} → ${functions[callee].name}: ${calls}`);
const placed = (...identities: Partial<FunctionStats>[]) =>
  makeProfile({ functions: [ROOT, ...identities.map((fields, i) => makeFunction(i + 1, { calls: 1, ...fields }))] });

/** Every thread there is, the folded ones of a process as one. */
const threadsOf = ({ threads, processes }: Profile) => [
  ...threads.filter(({ state }) => state !== 'folded').map(({ id }) => id),
  ...processes.map((_, p) => FOLDED_THREADS - p),
];

function expectConsistent({ processes, threads, tags, functions, edges: list, stacks, sessions }: Profile): void {
  for (const { process } of [...threads, ...sessions]) expect(process).to.be.within(0, processes.length - 1);
  for (const things of [threads, tags, functions]) things.forEach(({ id }, i) => expect(id).to.equal(i));
  for (const { parts } of [...functions, ...list, ...stacks]) {
    for (const { thread, tag } of parts) {
      expect(thread).to.be.within(-processes.length, threads.length - 1);
      expect(tag).to.be.within(UNTAGGED, tags.length - 1);
    }
  }
  for (const fn of functions.filter(({ kind }) => kind !== 'root')) {
    const incoming = list.filter(({ callee }) => callee === fn.id);
    for (const field of ['calls', 'primitiveCalls', 'selfWallNs', 'selfCpuNs', 'resumes', 'awaitNs'] as const) {
      if (fn[field] === null) continue;
      expect(
        incoming.reduce((sum, edge) => sum + edge[field]!, 0),
        `${fn.key}: ${field}`,
      ).to.equal(fn[field]);
    }
  }
  stacks.forEach(({ parent, fn }, i) => {
    expect(parent).to.be.within(i === 0 ? -1 : 0, i - 1);
    expect(fn).to.be.within(0, functions.length - 1);
  });
}

describe('select()', () => {
  it('without a filter is the profile', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), (profile) => {
        expect(select(profile, {})).to.deep.equal(profile);
        expect(select(profile, { thread: undefined, name: undefined })).to.deep.equal(profile);
      }),
    );
  });

  it('by each thread in turn gives parts that merge to the whole again', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const cuts = threadsOf(profile).map((thread) => select(profile, { thread }));
        for (const cut of cuts) {
          expectConsistent(cut);
          const used = new Set(cut.functions.flatMap(({ parts }) => parts.map(({ tag }) => tag)));
          for (const { id } of cut.tags) expect(used).to.include(id);
        }
        const { functions, edges: list, stacks, threads, tags } = merge(...cuts);
        const whole = merge(profile);
        // Functions that ran nowhere are in no cut.
        const ran = (fn: FunctionStats) => fn.parts.length > 0;
        expect(functions.filter(ran).map(({ key, parts }) => ({ key, parts }))).to.deep.equal(
          whole.functions.filter(ran).map(({ key, parts }) => ({ key, parts })),
        );
        expect({ list, stacks, threads, tags }).to.deep.equal({
          list: whole.edges,
          stacks: whole.stacks,
          threads: whole.threads,
          tags: whole.tags,
        });
      }),
    );
  });

  it('by process gives profiles of one process each, which merge to the whole again', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const cuts = profile.processes.map((_, process) => select(profile, { process }));
        cuts.forEach(({ processes, sessions }, p) => {
          expect(processes).to.deep.equal([profile.processes[p]]);
          expect(sessions).to.have.length(profile.sessions.filter(({ process }) => process === p).length);
        });
        expect(merge(...cuts)).to.deep.include({ ...merge(profile), dropped: merge(...cuts).dropped });
      }),
    );
  });

  it('by tag keeps exactly the figures of the tag, and all tags together all figures', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const tags = [null, ...profile.tags.map(({ name }) => name)];
        const calls = new Map<string, number>();
        const wallNs = new Map<string, number>();
        for (const tag of tags) {
          const cut = select(profile, { tag });
          expectConsistent(cut);
          expect(cut.tags).to.deep.equal(
            tag === null ? [] : [{ ...profile.tags.find(({ name }) => name === tag)!, id: 0 }],
          );
          expect(cut.threads.map(({ state }) => state)).to.not.include('folded');
          for (const { process, threadId, wallNs: ns } of cut.threads) {
            wallNs.set(`${process} ${threadId}`, (wallNs.get(`${process} ${threadId}`) ?? 0) + ns);
          }
          for (const fn of cut.functions) {
            const same = profile.functions.find(({ key }) => key === fn.key)!;
            const id = profile.tags.findIndex(({ name }) => name === tag);
            expect(fn.parts.map(({ calls: n, totalWallNs }) => [n, totalWallNs])).to.deep.equal(
              same.parts.filter((part) => part.tag === id).map(({ calls: n, totalWallNs }) => [n, totalWallNs]),
            );
            calls.set(fn.key, (calls.get(fn.key) ?? 0) + fn.calls);
          }
        }
        for (const fn of profile.functions) expect(calls.get(fn.key) ?? 0).to.equal(fn.calls);
        for (const thread of profile.threads.filter(({ state }) => state !== 'folded')) {
          expect(wallNs.get(`${thread.process} ${thread.threadId}`)).to.equal(thread.wallNs);
        }
      }),
    );
  });

  it('by functions keeps their figures, and edges and stacks that are consistent', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), fc.constantFrom('f', 'g', 'größe'), (profile, name) => {
        const cut = select(profile, { name });
        expectConsistent(cut);
        const wanted = profile.functions.filter((fn) => fn.name === name);
        const kept = cut.functions.filter(({ kind }) => kind !== 'root');
        expect(kept.map((fn) => ({ ...fn, id: 0 }))).to.deep.equal(wanted.map((fn) => ({ ...fn, id: 0 })));
        expect([cut.threads, cut.tags, cut.processes]).to.deep.equal([
          profile.threads,
          profile.tags,
          profile.processes,
        ]);
        // The samples of these functions are all there, wherever they stood.
        const samples = ({ stacks, functions }: Profile) =>
          stacks.reduce((sum, node) => sum + (functions[node.fn].name === name ? node.samples : 0), 0);
        expect(samples(cut)).to.equal(samples(profile));
      }),
    );
  });

  it('shows calls from outside as calls of the event loop, and leaves out calls to the outside', () => {
    const chain = profileOfSpans([[['a', 1, ['b', 2, ['c', 4, ['d', 8]]]]]]);
    const cut = select(chain, { name: ['b', 'd'] });
    expect(names(cut)).to.deep.equal(['b', 'd']);
    expect(edges(cut)).to.have.members(['(event loop) → b: 1', '(event loop) → d: 1']);
    expect(cut.functions[1]).to.include({ selfWallNs: 2, totalWallNs: 14 });
    const paths = cut.stacks.map(({ parent, fn }) => [parent, cut.functions[fn].name]);
    expect(paths).to.deep.equal([
      [-1, '(event loop)'],
      [0, 'b'],
      [0, 'd'],
    ]);
  });

  it('shows what a tag was called by as the event loop, on each thread for itself', () => {
    const profile = makeProfile({
      threads: [makeThread(0), makeThread(1)],
      tags: [{ id: 0, name: 't', wallNs: 0, cpuNs: 0, calls: 0 }],
      functions: [
        ROOT,
        makeFunction(1, { name: 'outer', parts: [makePart({ calls: 1 }), makePart({ thread: 1, tag: 0, calls: 1 })] }),
        makeFunction(2, {
          name: 'inner',
          parts: [makePart({ tag: 0, calls: 3 }), makePart({ thread: 1, tag: 0, calls: 4 })],
        }),
      ],
      edges: [
        makeEdge(1, 2, {
          line: 7,
          parts: [makeEdgePart({ tag: 0, calls: 3 }), makeEdgePart({ thread: 1, tag: 0, calls: 4 })],
        }),
      ],
      stacks: [stackOf(-1, 0, []), stackOf(0, 1, []), stackOf(1, 2, [makeStackPart({ tag: 0, samples: 1 })])],
    });
    const cut = select(profile, { tag: 't' });
    expect(edges(cut)).to.deep.equal(['(event loop) → inner: 3', 'outer → inner: 4']);
    expect(cut.edges.map(({ line }) => line)).to.deep.equal([0, 7]);
  });

  it('keeps what found no room as a caller', () => {
    const overflow = makeFunction(1, { name: '(overflow)', file: '', line: 0, kind: 'overflow', parts: [] });
    const called = { parts: [makePart({ tag: UNTAGGED, calls: 2 })] };
    const profile = makeProfile({
      functions: [ROOT, overflow, makeFunction(2, called)],
      edges: [makeEdge(1, 2, { parts: [makeEdgePart({ calls: 2 })] })],
    });
    expect(edges(select(profile, { tag: null, thread: 0 }))).to.deep.equal(['(overflow) → f2: 2']);
    expect(edges(select(profile, { name: 'f2' }))).to.deep.equal(['(event loop) → f2: 2']);
  });

  it('knows 0, the empty text and null as values', () => {
    const tags = ['', '0', 'x'].map((name, id) => ({ id, name, wallNs: 0, cpuNs: 0, calls: 0 }));
    const profile = makeProfile({
      threads: [makeThread(0), makeThread(1)],
      tags,
      functions: [
        ROOT,
        makeFunction(1, { name: '', file: '', parts: [makePart({ thread: 0, tag: 0, calls: 1 })] }),
        makeFunction(2, { name: 'zero', parts: [makePart({ thread: 1, tag: 1, calls: 1 })] }),
        makeFunction(3, { name: 'none', parts: [makePart({ thread: 1, tag: UNTAGGED, calls: 1 })] }),
      ],
    });
    const found = (filter: ProfileFilter) => names(select(profile, filter));
    expect(found({ tag: '' })).to.deep.equal(['']);
    expect(found({ tag: '0' })).to.deep.equal(['zero']);
    expect(found({ tag: null })).to.deep.equal(['none']);
    expect(found({ tag: ['0', null] })).to.deep.equal(['zero', 'none']);
    expect(found({ tag: 'of nobody' })).to.deep.equal([]);
    expect(found({ thread: 0 })).to.deep.equal(['']);
    expect(found({ process: 0 })).to.have.length(3);
    expect(found({ name: '' })).to.deep.equal(['']);
    expect(found({ file: '' })).to.deep.equal(['']);
    expect(found({ package: '' })).to.deep.equal(['']);
    expect(found({ thread: [] })).to.deep.equal([]);
    expect(select(profile, { thread: [] }).processes).to.have.length(1);
  });

  it('takes a name whole, with stars for any text, or as a pattern', () => {
    const profile = placed(
      { name: 'parse' },
      { name: 'parseAll' },
      { name: 'A.[Symbol.iterator]' },
      { name: 'a*b' },
      { name: '<anonymous>' },
      { name: 'größe😀' },
    );
    const found = (name: ProfileFilter['name']) => names(select(profile, { name }));
    expect(found('parse')).to.deep.equal(['parse']);
    expect(found('parse*')).to.deep.equal(['parse', 'parseAll']);
    expect(found('*[Symbol.*]')).to.deep.equal(['A.[Symbol.iterator]']);
    expect(found('A.[Symbol.iterator]')).to.deep.equal(['A.[Symbol.iterator]']);
    expect(found('a*b')).to.deep.equal(['a*b']);
    expect(found(/^p/g)).to.deep.equal(['parse', 'parseAll']);
    expect(found(['parse', /mous/])).to.deep.equal(['parse', '<anonymous>']);
    expect(found('gr*😀')).to.deep.equal(['größe😀']);
    expect(found('PARSE')).to.deep.equal([]);
  });

  it('takes files as paths or globs, from any system', () => {
    const files = [
      '/app/src/main.ts',
      '/app/src/.hidden/x.ts',
      'C:\\app\\src\\main.ts',
      'file:///app/l%C3%B6b/main.ts',
      '/app/pages/[id].ts',
      'node:fs',
    ];
    const profile = placed(...files.map((file, line) => ({ file, line: line + 1 })));
    const found = (file: ProfileFilter['file']) =>
      select(profile, { file })
        .functions.slice(1)
        .map((fn) => fn.file);
    expect(found('src/**')).to.deep.equal(files.slice(0, 3));
    expect(found('./src/*.ts')).to.deep.equal([files[0], files[2]]);
    expect(found('/app/**')).to.deep.equal([files[0], files[1], files[3], files[4]]);
    expect(found('C:\\app\\src\\main.ts')).to.deep.equal([files[2]]);
    expect(found('c:/app/src/*')).to.deep.equal([]);
    expect(found('**/main.ts')).to.deep.equal([files[0], files[2], files[3]]);
    expect(found('main.ts')).to.deep.equal([files[0], files[2], files[3]]);
    expect(found('/app/löb/main.ts')).to.deep.equal([files[3]]);
    expect(found('pages/[id].ts')).to.deep.equal([files[4]]);
    expect(found(['node:*', 'src/main.ts'])).to.deep.equal([files[0], files[2], files[5]]);
    expect(found('app')).to.deep.equal([]);
  });

  it('takes package, kind and a predicate, and of several fields what all ask for', () => {
    const profile = placed(
      { name: 'a', file: '/app/node_modules/acorn/x.js', kind: 'method' },
      { name: 'b', file: '/app/x.js', kind: 'method' },
      { name: 'c', file: '/app/y.js', kind: 'arrow', calls: 5 },
      { name: 'd', file: 'node:fs', kind: 'builtin' },
    );
    const found = (filter: ProfileFilter) => names(select(profile, filter));
    expect(found({ package: 'acorn' })).to.deep.equal(['a']);
    expect(found({ package: ['(own)', 'node:'] })).to.deep.equal(['b', 'c', 'd']);
    expect(found({ kind: 'method' })).to.deep.equal(['a', 'b']);
    expect(found({ kind: 'method', package: '(own)' })).to.deep.equal(['b']);
    expect(found({ predicate: ({ calls }) => calls > 1 })).to.deep.equal(['c']);
  });

  it('by a predicate on functions: two of four, with their own figures', () => {
    const profile = profileOfSpans([
      [
        ['a', 1],
        ['b', 0, ['a', 1]],
        ['c', 0],
        ['d', 0],
      ],
    ]);
    const cut = select(profile, { predicate: ({ name }) => name === 'a' || name === 'b' });
    expect(cut.functions.slice(1).map(({ name, calls, totalWallNs }) => [name, calls, totalWallNs])).to.deep.equal([
      ['a', 2, 2],
      ['b', 1, 1],
    ]);
    expect(names(select(profile, { file: '/app/main.js' }))).to.have.length(4);
  });

  it('numbers threads, processes and folded threads anew', () => {
    const profile = makeProfile({
      processes: [makeProcess({ pid: 1 }), makeProcess({ pid: 2 })],
      threads: [makeThread(0), makeThread(1, { process: 1, state: 'folded' }), makeThread(2, { process: 1 })],
      functions: [
        ROOT,
        makeFunction(1, {
          parts: [0, 2, FOLDED_THREADS, FOLDED_THREADS - 1].map((thread, i) => makePart({ thread, calls: 10 ** i })),
        }),
      ],
    });
    const cut = select(profile, { process: 1 });
    expect(cut.processes.map(({ pid }) => pid)).to.deep.equal([2]);
    expect(cut.threads.map(({ id, process, state }) => [id, process, state])).to.deep.equal([
      [0, 0, 'folded'],
      [1, 0, 'running'],
    ]);
    expect(cut.functions[1].parts.map(({ thread, calls }) => [thread, calls])).to.deep.equal([
      [1, 10],
      [FOLDED_THREADS, 1000],
    ]);
    expect(select(profile, { thread: FOLDED_THREADS - 1 }).threads.map(({ state }) => state)).to.deep.equal(['folded']);
  });

  it('refuses what it does not know', () => {
    const profile = makeProfile({ threads: [makeThread(0), makeThread(1)] });
    const refused = (filter: object, message: string) => {
      expect(() => select(profile, filter))
        .to.throw(EverycallError, message)
        .with.property('code', 'bad-option');
    };
    refused(
      { module: 'x' },
      "select() expects a filter of thread, process, tag, name, file, package, kind, predicate, got 'module'",
    );
    refused({ ['__proto__x']: 1 }, "got '__proto__x'");
    refused({ thread: 2 }, "select() expects 'thread' to be the id of a thread (-1 to 1), got 2");
    refused({ thread: '0' }, "got '0'");
    refused({ process: [0, 1] }, "select() expects 'process' to be the index of a process (0 to 0), got 1");
    refused({ tag: 0 }, "select() expects 'tag' to be the name of a tag, or null, got 0");
    refused({ name: null }, "select() expects 'name' to be a name or a RegExp, got null");
    refused({ file: /x/ }, "select() expects 'file' to be a text, got /x/");
    refused({ predicate: true }, "select() expects 'predicate' to be a function, got true");
  });
});

describe('packageOf()', () => {
  it('is the folder of the last node_modules', () => {
    const packages = [
      ['/app/node_modules/acorn/dist/acorn.js', 'acorn'],
      ['/app/node_modules/@babel/core/lib/index.js', '@babel/core'],
      ['/app/node_modules/a/node_modules/b/index.js', 'b'],
      ['/app/node_modules/.pnpm/acorn@8.1.0/node_modules/acorn/index.js', 'acorn'],
      ['C:\\app\\node_modules\\@scope\\pack\\x.js', '@scope/pack'],
      ['file:///app/node_modules/%40scope/pack/x.js', '@scope/pack'],
      ['node_modules/left/x.js', 'left'],
      ['/app/src/main.ts', '(own)'],
      ['/app/node_modules_old/x.js', '(own)'],
      ['node:fs', 'node:'],
      ['', ''],
    ];
    for (const [file, name] of packages) expect(packageOf({ file }), file).to.equal(name);
  });
});
