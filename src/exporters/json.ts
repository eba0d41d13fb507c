// The profile as JSON, and back. Nothing is lost; docs/formats.md describes every field. Small things are objects; functions,
// edges and stacks, of which there may be a million, are tables (json-table.ts). A row's sums are not written: its parts give them. What
// comes back is checked in full, since such files are edited, cut short and made by other programs.
import type {
  EdgePart,
  EdgeStats,
  FunctionIdentity,
  FunctionPart,
  FunctionStats,
  Part,
  Profile,
  StackPart,
} from '../profile.ts';
import { edgeOf, functionOf, keyOf, stackOf } from '../statistics/assembly.ts';
import {
  durations,
  edgeColumns,
  formatVersion,
  functionColumns,
  functionPartColumns,
  SMALL,
  stackColumns,
  stackPartColumns,
} from './json-columns.ts';
import type { Small } from './json-columns.ts';
import { below, References } from './json-references.ts';
import type { Columns } from './json-table.ts';
import { readTable, writeTable } from './json-table.ts';
import { at, list, Mismatch, object, text } from './shape.ts';
import type { Check } from './shape.ts';

/** First field of the file: tells it from other JSON. */
const FORMAT = 'everycall.profile';

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The document. Throws {@link Mismatch} if the profile is not one that {@link parseJson} would take. */
export function renderJson(profile: Profile): string {
  return [...jsonPieces(profile)].join('');
}

/** The document in pieces, none of them long. Throws {@link Mismatch} as renderJson does, at the latest at the last piece. */
export function* jsonPieces(profile: Profile): Generator<string> {
  const small = Object.entries(SMALL) as [keyof Small, Check<unknown>][];
  const { functions, edges, stacks } = profile;
  const files = [...new Set(functions.map(({ file }) => file))];
  const fileIndex = new Map(files.map((file, i) => [file, i]));
  yield `{"format":${JSON.stringify(FORMAT)}`;
  for (const [name, check] of small) {
    yield `,\n${JSON.stringify(name)}:${JSON.stringify(at(`.${name}`, () => check(profile[name])))}`;
  }
  yield `,\n"files":${JSON.stringify(list(text)(files))}`;
  const references = new References(profile);
  for (const { parts } of [...functions, ...stacks]) for (const each of parts) references.checkPart(each);
  for (const { id, key, kind } of functions) references.checkFunction(id, key, kind);
  for (const { caller, callee, parts } of edges) {
    references.checkEdge(caller, callee);
    for (const each of parts) references.checkPart(each);
  }
  stacks.forEach(({ parent, fn }, i) => references.checkStack(parent, fn, i));
  references.checkWhole();
  function* table<Row, P>(
    name: string,
    columns: Columns<Row, P>,
    rows: readonly Row[],
    partsOf: (row: Row) => readonly P[],
  ): Generator<string> {
    yield `,\n${JSON.stringify(name)}:`;
    try {
      yield* writeTable(columns, rows, partsOf);
    } catch (error) {
      if (error instanceof Mismatch) error.path = `.${name}${error.path}`;
      throw error;
    }
  }
  const partsOf = <P>({ parts }: { readonly parts: readonly P[] }) => parts;
  const onePart = () => [undefined];
  yield* table('functions', functionColumns(fileIndex), functions, onePart);
  yield* table('functionParts', functionPartColumns, functions, partsOf<FunctionPart>);
  yield* table('edges', edgeColumns, edges, partsOf<EdgePart>);
  yield* table('stacks', stackColumns, stacks, onePart);
  yield* table('stackParts', stackPartColumns, stacks, partsOf<StackPart>);
  yield '}\n';
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

const TABLES = ['files', 'functions', 'functionParts', 'edges', 'stacks', 'stackParts'];

/** The profile in the text, frozen to the leaves. Throws {@link Mismatch} saying what was expected and what came. */
export function parseJson(json: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new Mismatch('JSON', json.trim() === '' ? 'an empty file' : `something else or a part of it (${message})`);
  }
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'format') !== FORMAT) {
    throw new Mismatch(`"format": "${FORMAT}"`, 'other JSON');
  }
  // First: in a file of a newer version other fields may differ too, and saying so would mislead.
  at('.formatVersion', () => formatVersion(Reflect.get(value, 'formatVersion')));
  const rest: Record<string, unknown> = { ...value };
  delete rest.format;
  const tables = new Map(TABLES.map((name) => [name, Object.hasOwn(rest, name) ? rest[name] : undefined]));
  for (const name of TABLES) delete rest[name];
  const small = object<Small>(SMALL)(rest);
  const references = new References(small);
  const table = <Row, P>(
    name: string,
    columns: Columns<Row, P>,
    take: (values: readonly never[], row: number) => void,
  ) => at(`.${name}`, () => readTable(tables.get(name), columns, take));

  const files = at('.files', () => list(text)(tables.get('files')));
  const identities: FunctionIdentity[] = [];
  table('functions', functionColumns(new Map()), ([name, file, line, column, kind], row) => {
    below(file, files.length, 'files');
    const identity: FunctionIdentity = { name, file: files[file], line, column, kind };
    references.checkFunction(row, keyOf(identity), kind);
    identities.push(identity);
  });
  const functionParts: FunctionPart[][] = identities.map(() => []);
  const partNames = Object.keys(functionPartColumns);
  table('functionParts', functionPartColumns, (values) => {
    below(values[0], identities.length, 'functions');
    const made: Record<string, unknown> = {};
    for (let k = 1; k < partNames.length; k++) made[partNames[k]] = values[k];
    made.durations = at('.durations', () => durations(made.durations));
    references.checkPart(made as unknown as Part);
    functionParts[values[0]].push(Object.freeze(made) as unknown as FunctionPart);
  });
  const functions: FunctionStats[] = identities.map((identity, id) =>
    Object.freeze(functionOf(id, keyOf(identity), identity, Object.freeze(functionParts[id]))),
  );

  const edges: EdgeStats[] = [];
  let pair: { caller: number; callee: number; line: number; parts: EdgePart[] } | undefined;
  const closePair = () => {
    if (pair === undefined) return;
    edges.push(Object.freeze(edgeOf(pair.caller, pair.callee, pair.line, Object.freeze(pair.parts))));
  };
  table(
    'edges',
    edgeColumns,
    ([
      caller,
      callee,
      line,
      thread,
      tag,
      calls,
      primitiveCalls,
      resumes,
      awaitNs,
      selfWallNs,
      selfCpuNs,
      totalWallNs,
      totalCpuNs,
    ]) => {
      if (pair?.caller !== caller || pair.callee !== callee) {
        closePair();
        references.checkEdge(caller, callee);
        pair = { caller, callee, line, parts: [] };
      }
      const times = { selfWallNs, selfCpuNs, totalWallNs, totalCpuNs };
      const made: EdgePart = { thread, tag, calls, primitiveCalls, resumes, awaitNs, ...times };
      references.checkPart(made);
      pair.parts.push(Object.freeze(made));
    },
  );
  closePair();

  const nodes: { parent: number; fn: number; parts: StackPart[] }[] = [];
  table('stacks', stackColumns, ([parent, fn], row) => {
    references.checkStack(parent, fn, row);
    nodes.push({ parent, fn, parts: [] });
  });
  table('stackParts', stackPartColumns, ([node, thread, tag, samples, selfWallNs, selfCpuNs]) => {
    below(node, nodes.length, 'stacks');
    const made: StackPart = { thread, tag, samples, selfWallNs, selfCpuNs };
    references.checkPart(made);
    nodes[node].parts.push(Object.freeze(made));
  });
  references.checkWhole();
  const stacks = nodes.map(({ parent, fn, parts }) => Object.freeze(stackOf(parent, fn, Object.freeze(parts))));
  for (const rows of [functions, edges, stacks]) Object.freeze(rows);
  return Object.freeze({ ...small, functions, edges, stacks });
}
