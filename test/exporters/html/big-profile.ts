// A large profile that looks like one of a real program: packages and folders, deep and wide stacks, threads and tags,
// durations, errors, awaits. The same for the same seed.
import { UNTAGGED } from '../../../src/profile.ts';
import type { DurationBucket, EdgePart, FunctionPart, Profile, StackPart } from '../../../src/profile.ts';
import { functionOf, stackOf } from '../../../src/statistics/assembly.ts';
import { addEdgeFigures } from '../../../src/statistics/figures.ts';
import {
  makeEdge,
  makeEdgePart,
  makeFunction,
  makePart,
  makeProfile,
  makeStackPart,
  makeThread,
  ROOT,
} from '../../support/profiles.ts';

export interface BigProfileSize {
  readonly functions: number;
  /** Nodes of the call tree. */
  readonly stacks: number;
  readonly threads: number;
  readonly tags: number;
}

const FOLDERS = [
  '/app/src/server',
  '/app/src/routes',
  '/app/src/model',
  '/app/node_modules/acorn/dist',
  '/app/node_modules/express/lib',
  '/app/node_modules/@scope/router/lib',
  '/app/node_modules/handlebars/dist/cjs',
  'node:internal',
];
const VERBS = ['parse', 'read', 'render', 'resolve', 'visit', 'emit', 'match', 'walk', 'check', 'load'];
const NOUNS = ['Expression', 'Token', 'Request', 'Template', 'Scope', 'Route', 'Block', 'Header', 'Node', 'Config'];

/** Numbers from 0 to less than 1, always the same ones for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function bigProfile({ functions, stacks, threads, tags }: BigProfileSize, seed = 7): Profile {
  const random = randomOf(seed);
  const below = (n: number) => Math.floor(random() * n);

  // A tree with one very deep branch; the others grow where it pleases, rather at nodes that are new.
  const parent = [-1];
  const fn = [0];
  for (let n = 1; n < stacks; n++) {
    parent.push(n < 300 ? n - 1 : random() < 0.3 ? below(n) : Math.max(0, n - 1 - below(40)));
    fn.push(n < functions ? n : 1 + below(functions - 1));
  }
  const parts: StackPart[][] = parent.map((_, n) => {
    if (n === 0) return [];
    const of = random() < 0.8 ? 1 : 2;
    return Array.from({ length: of }, (_, i) => {
      const samples = 1 + below(5);
      const wall = Math.round(samples * 1e6 * (0.5 + random()));
      return makeStackPart({
        thread: (n + i) % threads,
        tag: tags === 0 || n % 3 === 0 ? UNTAGGED : (n + i) % tags,
        samples,
        selfWallNs: wall,
        selfCpuNs: Math.round(wall * (0.4 + 0.6 * random())),
      });
    });
  });

  // Functions and edges as an exact run of these stacks gives them: each node so many calls.
  const functionParts = Array.from({ length: functions }, () => new Map<string, FunctionPart>());
  const edgeParts = new Map<number, Map<string, EdgePart>>();
  const below_ = parts.map((own) => new Map(own.map((part) => [`${part.thread} ${part.tag}`, { ...part }])));
  for (let n = stacks - 1; n > 0; n--) {
    const up = below_[parent[n]];
    for (const [id, part] of below_[n]) {
      const known = up.get(id);
      if (known === undefined) up.set(id, { ...part });
      else {
        up.set(id, {
          ...known,
          selfWallNs: known.selfWallNs + part.selfWallNs,
          selfCpuNs: known.selfCpuNs! + part.selfCpuNs!,
        });
      }
    }
  }
  for (let n = 1; n < stacks; n++) {
    const pair = fn[parent[n]] * 2 ** 20 + fn[n];
    const edge = edgeParts.get(pair) ?? edgeParts.set(pair, new Map()).get(pair)!;
    const own = new Map(parts[n].map((part) => [`${part.thread} ${part.tag}`, part]));
    for (const [id, { thread, tag, selfWallNs: totalWallNs, selfCpuNs: totalCpuNs }] of below_[n]) {
      const calls = 1 + below(20);
      const figures = makeEdgePart({
        thread,
        tag,
        calls,
        primitiveCalls: calls,
        selfWallNs: own.get(id)?.selfWallNs ?? 0,
        selfCpuNs: own.get(id)?.selfCpuNs ?? 0,
        totalWallNs,
        totalCpuNs,
      });
      const known = edge.get(id);
      edge.set(id, known === undefined ? figures : { thread, tag, ...addEdgeFigures(known, figures) });
      const rows = functionParts[fn[n]];
      const row = rows.get(id) ?? makePart({ thread, tag });
      const isAsync = fn[n] % 9 === 0;
      rows.set(id, {
        ...row,
        ...addEdgeFigures(row, { ...figures, awaitNs: isAsync ? figures.totalWallNs * 2 : 0 }),
        errors: row.errors + (fn[n] % 31 === 0 ? 1 : 0),
        open: row.open + (fn[n] % 47 === 0 ? 1 : 0),
        durations: durationsOf(calls, (figures.totalWallNs / calls) * (0.5 + random()), row.durations),
        maxTotalNs: Math.max(row.maxTotalNs, figures.totalWallNs),
      });
    }
  }
  const name = (id: number) => `${VERBS[id % 10]}${NOUNS[Math.floor(id / 10) % 10]}${id < 100 ? '' : id}`;
  return makeProfile({
    threads: Array.from({ length: threads }, (_, id) =>
      makeThread(id, { wallNs: 9e9 + id, cpuNs: 5e9 + id, calls: 1000 }),
    ),
    tags: Array.from({ length: tags }, (_, id) => ({
      id,
      name: `GET /items/${id}`,
      wallNs: 1e9,
      cpuNs: 9e8,
      calls: 10,
    })),
    functions: functionParts.map((rows, id) =>
      id === 0
        ? functionOf(0, ROOT.key, ROOT, [])
        : makeFunction(id, {
            name: name(id),
            file: `${FOLDERS[id % FOLDERS.length]}/${NOUNS[Math.floor(id / 40) % 10].toLowerCase()}.js`,
            line: 1 + id,
            kind: id % 9 === 0 ? 'async' : 'function',
            parts: [...rows.values()],
          }),
    ),
    edges: [...edgeParts].map(([pair, rows]) =>
      makeEdge(Math.floor(pair / 2 ** 20), pair % 2 ** 20, { line: 10, parts: [...rows.values()] }),
    ),
    stacks: parent.map((up, n) => stackOf(up, fn[n], parts[n])),
    notInstrumented: [{ name: 'evil', file: '/app/eval.js', line: 1, column: 0, kind: 'function', reason: 'eval' }],
  });
}

/** Adds calls that took about so long; buckets as wide as an eighth of a power of two. */
function durationsOf(calls: number, ns: number, known: readonly DurationBucket[]): DurationBucket[] {
  const buckets = new Map(known.map((bucket) => [bucket.fromNs, bucket]));
  for (const [share, factor] of [
    [0.6, 1],
    [0.3, 1.4],
    [0.1, 3],
  ]) {
    const octave = 2 ** Math.floor(Math.log2(ns * factor));
    const fromNs = octave + Math.floor((ns * factor - octave) / (octave / 8)) * (octave / 8);
    const more = Math.round(calls * share);
    if (more === 0) continue;
    const toNs = fromNs + octave / 8;
    buckets.set(fromNs, { fromNs, toNs, calls: more + (buckets.get(fromNs)?.calls ?? 0) });
  }
  return [...buckets.values()].sort((a, b) => a.fromNs - b.fromNs);
}
