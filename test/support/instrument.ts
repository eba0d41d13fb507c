// Compiles a source with the plugin and runs it, as a script, CommonJS or an ES module, against a fake of the runtime
// that records every hook call. The original runs the same way, without the fake being asked for anything.
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { transformSync } from '@babel/core';
import type { TransformOptions } from '@babel/core';
import { ASYNC_GENERATOR, RUNTIME_KEY, SITE_STRIDE } from '../../runtime/contract.ts';
import type { Activation, Hooks, SiteRow, SiteTable } from '../../runtime/contract.ts';
import { createIteration } from '../../runtime/iteration.ts';
import everycallPlugin from '../../transform/index.ts';
import type { ModuleKind, PluginOptions } from '../../transform/index.ts';

export interface Registered {
  readonly file: string;
  readonly hash: string;
  readonly count: number;
  readonly table: SiteTable;
  readonly base: number;
}

/** Remembers what it was told; `mistakes` are hook calls that no right program makes. */
export interface Recorder extends Hooks {
  readonly files: Registered[];
  readonly mistakes: string[];
  /** Names of the functions as they were entered. */
  readonly entered: string[];
  /** How often each site was entered, by `line:column:name`. */
  counts(): Record<string, number>;
  /** How often each site ended by throwing, likewise. */
  errors(): Record<string, number>;
  /** Frames that are still open. */
  depth(): number;
}

interface RecordedActivation extends Activation {
  readonly site: number;
  waiting?: 'yield' | undefined;
}

export function createRecorder(running = true): Recorder {
  const stack: (number | Activation)[] = [];
  const finished = new WeakSet<Activation>();
  const counts = new Map<string, number>();
  const errors = new Map<string, number>();
  let nextBase = 4096;
  const recorder: Recorder = {
    version: 3,
    state: new Int32Array([running ? 1 : 0]),
    files: [],
    mistakes: [],
    entered: [],
    enter(site) {
      note(site);
      checkCaller(site);
      return stack.push(site);
    },
    activate(site, kind) {
      note(site);
      const activation = { kind, site };
      stack.push(activation);
      return activation;
    },
    finish(activation, outcome) {
      const { site, kind, waiting, isLeft } = activation as RecordedActivation;
      const isThrown = kind === ASYNC_GENERATOR || (waiting !== 'yield' && !isLeft);
      if (outcome === recorder.state && isThrown) noteError(site);
      recorder.resume(activation);
      leave('finish', activation);
      finished.add(activation);
    },
    suspend: (activation, value) => (leave('suspend', activation), value),
    pause(activation, value) {
      leave('pause', activation);
      if (activation !== null) (activation as RecordedActivation).waiting = 'yield';
      return value as never;
    },
    resume(activation, value) {
      if (activation !== null && finished.has(activation)) recorder.mistakes.push('resume() of a finished activation');
      if (activation !== null) (activation as RecordedActivation).waiting = undefined;
      if (activation !== null && !stack.includes(activation)) stack.push(activation);
      return value as never;
    },
    delegate: (...args) => iteration.delegate(...args),
    dispose: (...args) => iteration.dispose(...args),
    enterModule: (site) => recorder.enter(site),
    exit(handle, outcome) {
      const ended = stack[handle - 1];
      if (outcome === recorder.state && typeof ended === 'number') noteError(ended);
      if (stack.length !== handle) recorder.mistakes.push(`exit(${handle}) at depth ${stack.length}`);
      stack.length = handle - 1;
    },
    register(file, hash, count, text) {
      const table = JSON.parse(text) as SiteTable;
      if (table.sites.length !== count) recorder.mistakes.push(`${count} sites said, ${table.sites.length} listed`);
      const known = recorder.files.find((each) => each.file === file && each.hash === hash);
      if (known) return known.base;
      const base = nextBase;
      nextBase += (count + 1) * SITE_STRIDE;
      recorder.files.push({ file, hash, count, table, base });
      return base;
    },
    counts: () => Object.fromEntries(counts),
    errors: () => Object.fromEntries(errors),
    depth: () => stack.length,
  };
  const iteration = createIteration(recorder);

  function rowOf(site: number): SiteRow | undefined {
    const file = recorder.files.find(({ base, count }) => site >= base && site < base + count * SITE_STRIDE);
    return file?.table.sites[(site - file.base) / SITE_STRIDE];
  }

  function add(map: Map<string, number>, row: SiteRow | undefined): void {
    const key = row ? `${row[2]}:${row[3]}:${row[0]}` : '?';
    map.set(key, (map.get(key) ?? 0) + 1);
  }

  /** Counts a call. */
  function note(site: number): void {
    const row = rowOf(site);
    if (!row) recorder.mistakes.push(`enter(${site}) of no site`);
    recorder.entered.push(row?.[0] ?? '?');
    add(counts, row);
  }

  function noteError(site: number): void {
    add(errors, rowOf(site));
  }

  function nameOf(site: number): string | undefined {
    return rowOf(site)?.[0].split(/[.# ]/).pop();
  }

  /** Whoever called a function `h` or `return` of the program, as V8 has it, must be on top of the stack. */
  function checkCaller(site: number): void {
    const name = nameOf(site) ?? '';
    if (name !== 'h' && name !== 'return') return;
    const frames = (new Error().stack ?? '').split('\n').map((line) => /at (?:\w+\.)?#?(\w+) /.exec(line)?.[1]);
    const caller = frames[frames.indexOf(name) + 1];
    const top = stack.at(-1);
    const known =
      top === undefined ? undefined : nameOf(typeof top === 'number' ? top : (top as { site?: number }).site!);
    if (caller === 'f' && known !== 'f')
      recorder.mistakes.push(`f calls ${name} while ${known ?? 'nothing'} is on the stack`);
  }

  /** Only what is on top of the stack may leave it. */
  function leave(hook: string, activation: Activation | null): void {
    if (activation === null) return;
    if (stack.at(-1) === activation) stack.pop();
    else
      recorder.mistakes.push(
        `${hook}() of what is ${stack.includes(activation) ? 'not on top of' : 'not on'} the stack`,
      );
  }
  return recorder;
}

export type Settings = PluginOptions & { readonly babel?: TransformOptions; readonly filename?: string };

export function instrument(code: string, { babel, filename = '/app/file.js', ...options }: Settings = {}): string {
  const sourceType = options.moduleKind === 'esm' || options.moduleKind === undefined ? 'module' : 'script';
  const result = transformSync(code, {
    filename,
    configFile: false,
    babelrc: false,
    sourceType,
    parserOpts: { allowReturnOutsideFunction: options.moduleKind === 'commonjs' },
    ...babel,
    plugins: [[everycallPlugin, options], ...(babel?.plugins ?? [])],
  });
  return result!.code!;
}

/** The table in instrumented code. */
export function tableOf(code: string, settings?: Settings): SiteTable {
  const recorder = createRecorder(false);
  const instrumented = instrument(code, { ...settings, moduleKind: settings?.moduleKind ?? 'commonjs' });
  const call = /(?:\$r\w*|hooks\.register)\((".*?", ".*?", \d+, '(?:[^'\\]|\\[^])*')\)/.exec(instrumented);
  if (call) new Function('register', `register(${call[1]})`)(recorder.register);
  return recorder.files[0]?.table ?? { sites: [], left: [] };
}

export interface Outcome {
  /** What the program pushed on `out`, and the value or error it ended with. */
  readonly out: unknown[];
  readonly completion: unknown;
}

interface Place {
  out: unknown[];
  hooks?: Recorder | undefined;
}

const require = createRequire(import.meta.url);
const places: Record<string, Place> = ((globalThis as Record<string, unknown>).everycallTest = {});
let runs = 0;

/** Specifier of an ES module that hands out the hooks of one run. */
const hooksModule = (id: string): string =>
  `data:text/javascript,export const { state, register, enter, exit, enterModule, activate, finish, suspend, pause, resume, delegate, dispose } = everycallTest["${id}"].hooks`;

/** Runs code that sees an array `out`. `url` is the name under which V8 knows it. */
export async function run(code: string, kind: ModuleKind, hooks?: Recorder, url = 'case.js'): Promise<Outcome> {
  const id = String(runs++);
  const out: unknown[] = [];
  const place: Place = (places[id] = { out, hooks });
  const ending = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`;
  try {
    if (kind === 'script') {
      const context = vm.createContext({ out, ...(hooks && { [Symbol.for(RUNTIME_KEY)]: hooks }) });
      return { out, completion: vm.runInContext(code, context, { filename: url }) };
    }
    if (kind === 'commonjs') {
      const load = (name: string): unknown => (name === 'everycall/runtime' ? place.hooks : require(name));
      const module = { exports: {} as unknown };
      const names = ['module', 'exports', 'require', 'out'];
      vm.compileFunction(code, names, { filename: url })(module, module.exports, load, out);
      return { out, completion: module.exports };
    }
    const own = code.replace('"everycall/runtime"', `'${hooksModule(id)}'`);
    // Imports are hoisted, so this one can stand last, where it moves no position.
    const outModule = `data:text/javascript,export const { out } = everycallTest["${id}"]`;
    const module: object = await import(moduleUrl(`${own}\n;import { out } from '${outModule}';`, url));
    return { out, completion: { ...module } };
  } catch (error) {
    return { out, completion: ending(error) };
  } finally {
    delete places[id];
  }
}

/** A module's URL that has its whole text, and at the end the name to know it by. */
function moduleUrl(code: string, name: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}//${encodeURIComponent(name)}`;
}
