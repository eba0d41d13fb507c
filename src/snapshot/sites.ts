// The registry as objects: what each site id stands for, which sources there are, and what was left uninstrumented.
import { calledAs, callLineIn, readCalls } from '../../runtime/call-lines.ts';
import { SITE_KINDS, type SiteTable } from '../../runtime/contract.ts';
import type { Arena } from '../../runtime/arena.ts';
import { CONTROL, GC_SITE, OVERFLOW_SITE, ROOT_SITE } from '../../runtime/layout.ts';
import { registeredFiles } from '../../runtime/registry.ts';
import type { FunctionIdentity, NotInstrumented, SourceFile } from '../profile.ts';
import { keyOf } from '../statistics/assembly.ts';
import { type CallLine, EdgeLines } from './edge-lines.ts';

/** Taken at load: the program may put something else in its place. */
const { parse } = JSON;

export interface Site extends FunctionIdentity {
  readonly key: string;
  /** The calls in its body, as the site table has them. */
  readonly calls: NonNullable<SiteTable['calls']>[number] | undefined;
}

export interface Sites {
  /** Unknown ids give the overflow function. */
  of(site: number): Site;
  /** The id that stands for all with the same key: two ids with one key, from two versions of a file, are one function. */
  firstOf(site: number): number;
  /** Tells the line on which the one site calls the other, as far as names tell. Keeps what it took apart for that. */
  callLines(): CallLine;
  /** What was told. */
  readonly edgeLines: EdgeLines;
  readonly sources: readonly SourceFile[];
  readonly left: readonly NotInstrumented[];
}

function pseudo(name: string, kind: FunctionIdentity['kind']): Site {
  const identity = { name, file: '', line: 0, column: 0, kind };
  return { ...identity, key: keyOf(identity), calls: undefined };
}

const OVERFLOW = pseudo('(overflow)', 'overflow');
const PSEUDO: Readonly<Record<number, Site>> = {
  [ROOT_SITE]: pseudo('(event loop)', 'root'),
  [OVERFLOW_SITE]: OVERFLOW,
  [GC_SITE]: pseudo('(garbage collection)', 'gc'),
};

interface Known {
  /** The newest file that was read. */
  readonly newest: number;
  readonly sites: WeakRef<Sites>;
  /** The same, once they were asked for again. */
  held: Sites | null;
}

/**
 * What was read last of an arena. As long as nothing else needs its memory, in case that there is another snapshot; from the
 * second on there will be more, and V8 would take it away at each of its larger collections, which snapshots bring about.
 */
const known = new WeakMap<Int32Array, Known>();

/** All of the registry, which only grows: read again when there is another file. */
export function readSites(arena: Arena): Sites {
  const { I } = arena;
  const newest = Atomics.load(I, CONTROL.files);
  const before = known.get(I);
  if (before?.newest === newest) {
    before.held ??= before.sites.deref() ?? readRegistry(arena);
    return before.held;
  }
  const sites = readRegistry(arena);
  known.set(I, { newest, sites: new WeakRef(sites), held: before === undefined ? null : sites });
  return sites;
}

function readRegistry(arena: Arena): Sites {
  const byId: Site[] = [];
  const left: NotInstrumented[] = [];
  const sources: SourceFile[] = [];
  for (const { firstSite, siteCount, file, hash, table } of registeredFiles(arena)) {
    const { sites, left: leftOut, files, calls } = tableOf(table);
    sources.push({ file, hash });
    for (let i = 0; i < siteCount; i++) {
      const [name, kind, line, column, source] = sites[i] ?? [`<site ${firstSite + i}>`, 1, 0, 0];
      const identity = {
        name,
        file: files?.[source ?? -1] ?? file,
        line,
        column,
        kind: SITE_KINDS[kind] ?? 'function',
      };
      byId[firstSite + i] = { ...identity, key: keyOf(identity), calls: calls?.[i] };
    }
    for (const [name, kind, line, column, reason, source] of leftOut) {
      const original = files?.[source ?? -1] ?? file;
      left.push({ name, file: original, line, column, kind: SITE_KINDS[kind] ?? 'function', reason });
    }
  }
  const of = (site: number) => (site < 0 ? PSEUDO[site] : byId[site]) ?? OVERFLOW;
  const firstByKey = new Map<string, number>();
  const twins = new Map<number, number>();
  byId.forEach(({ key }, site) => {
    const first = firstByKey.get(key);
    if (first === undefined) firstByKey.set(key, site);
    else twins.set(site, first);
  });
  const firstOf = (site: number) => (of(site) === OVERFLOW ? OVERFLOW_SITE : (twins.get(site) ?? site));
  return { of, firstOf, callLines: () => callLines(of), edgeLines: new EdgeLines(), sources, left };
}

/** Texts are taken apart once, not once an edge. */
function callLines(of: Sites['of']): CallLine {
  const linesOf = new Map<Site, ReadonlyMap<string, number>>();
  const namesOf = new Map<Site, string>();
  return (callerSite, calleeSite) => {
    const caller = of(callerSite);
    const callee = of(calleeSite);
    let lines = linesOf.get(caller);
    if (lines === undefined) linesOf.set(caller, (lines = readCalls(caller.calls ?? '', caller.line)));
    let name = namesOf.get(callee);
    if (name === undefined) namesOf.set(callee, (name = calledAs(callee.name)));
    return callLineIn(lines, name, callee, caller);
  };
}

/** A table that something else made gives functions without a name. */
export function tableOf(text: string): SiteTable {
  try {
    const read = parse(text) as SiteTable | null;
    if (Array.isArray(read?.sites) && Array.isArray(read.left)) return read;
  } catch {
    // as said
  }
  return { sites: [], left: [] };
}
