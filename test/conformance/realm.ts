// Runs one program in a realm of its own, with what test262's INTERPRETING.md asks of a host, and says how it ended.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { RUNTIME_KEY } from '../../runtime/contract.ts';
import type { Hooks } from '../../runtime/contract.ts';

export interface Program {
  readonly kind: 'script' | 'commonjs' | 'module';
  /** Its file, from which modules are looked for. */
  readonly file: string;
  readonly source: string;
  /** Scripts that run before it. */
  readonly harness: readonly string[];
  readonly isAsync: boolean;
  /** What runs in place of the source of a module that it imports. */
  readonly transform: (source: string, file: string) => string;
  /** What `everycall/runtime` is, to whoever asks for it in whatever way. */
  readonly hooks: Hooks | null;
}

/** Without interceptors on the global object, where Node can: it is an ordinary one then. */
const ORDINARY = (vm.constants as { DONT_CONTEXTIFY?: unknown } | undefined)?.DONT_CONTEXTIFY;
const RUNTIME = /^everycall\/runtime$|\/runtime(\/(index|shared)\.js|\.cjs)$/;
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'];
/** A program that is not done long after its last job will never be. */
const PATIENCE_MS = 1000;

class Ending extends Error {}

interface Realm {
  readonly $262: object;
  run(script: vm.Script): unknown;
  compileScript(source: string, file: string): vm.Script;
  compileModule(source: string, file: string): vm.Module;
  link(module: vm.Module): Promise<void>;
}

function createRealm(program: Program, print: (text: string) => void): Realm {
  const context = vm.createContext((ORDINARY ?? {}) as vm.Context);
  const global = vm.runInContext('this', context) as object;
  const modules = new Map<string, vm.Module>();

  const importer = (from: string) =>
    (async (specifier: string, _script: unknown, attributes: Record<string, string>) => {
      const module = importFrom(specifier, from, attributes);
      await link(module);
      if (module.status === 'errored') throw module.error; // evaluating it once more ends Node
      await module.evaluate();
      return module;
    }) as never;

  const compileScript = (source: string, file: string): vm.Script =>
    new vm.Script(source, { filename: file, importModuleDynamically: importer(file) });

  function compileModule(source: string, file: string): vm.Module {
    const module = new vm.SourceTextModule(source, {
      context,
      identifier: file,
      importModuleDynamically: importer(file),
    });
    modules.set(`${file}|`, module);
    return module;
  }

  function synthetic(exports: Record<string, unknown>, identifier: string): vm.Module {
    const names = Object.keys(exports);
    const evaluate = function (this: vm.SyntheticModule): void {
      for (const name of names) this.setExport(name, exports[name]);
    };
    const module = new vm.SyntheticModule(names, evaluate, { context, identifier });
    modules.set(identifier, module);
    return module;
  }

  function importFrom(specifier: string, from: string, { type = '' }: Record<string, string> = {}): vm.Module {
    if (RUNTIME.test(specifier)) return modules.get(RUNTIME.source) ?? synthetic({ ...program.hooks }, RUNTIME.source);
    const file = join(dirname(from), specifier);
    const known = modules.get(`${file}|${type}`);
    if (known) return known;
    const source = readFileSync(file, 'utf8');
    if (type === '') return compileModule(program.transform(source, file), file);
    const value: unknown = type === 'json' ? (vm.runInContext('JSON.parse', context) as JSON['parse'])(source) : source;
    return synthetic({ default: value }, `${file}|${type}`);
  }

  async function link(module: vm.Module): Promise<void> {
    if (module.status !== 'unlinked') return;
    await module.link((specifier, { identifier }, { attributes }) =>
      importFrom(specifier, identifier, attributes as never),
    );
  }

  const $262 = {
    global,
    createRealm: () => createRealm(program, print).$262,
    evalScript: (source: string) => compileScript(source, program.file).runInContext(context),
    detachArrayBuffer: (buffer: ArrayBuffer) => void structuredClone(buffer, { transfer: [buffer] }),
    gc: () => (globalThis as { gc?: () => void }).gc?.(),
  };
  const given: Record<PropertyKey, unknown> = { print, setTimeout, $262 };
  if (program.hooks) {
    given[Symbol.for(RUNTIME_KEY)] = program.hooks;
    given.require = requireOf(program);
  }
  for (const key of Reflect.ownKeys(given)) {
    Object.defineProperty(global, key, { value: given[key], writable: true, configurable: true });
  }
  return { $262, run: (script) => script.runInContext(context), compileScript, compileModule, link };
}

function describe(error: unknown): string {
  if (error instanceof Ending) return error.message;
  try {
    const { name, message, constructor } = error as Error;
    return `${constructor?.name ?? name}: ${String(message)}`;
  } catch {
    return `thrown: ${typeof error}`;
  }
}

function requireOf({ hooks }: Program): (name: string) => unknown {
  return (name) => {
    if (RUNTIME.test(name)) return hooks;
    throw new Error(`no module ${name}`);
  };
}

/** How it ended, in one line: `done`, or the phase in which it failed and the error. Never fails itself. */
export async function outcomeOf(program: Program): Promise<string> {
  let finish!: (text: string) => void;
  const printed = new Promise<string>((done) => (finish = done));
  const { kind, file, source } = program;
  let phase = 'harness';
  try {
    const realm = createRealm(program, (text) => {
      if (/^Test262:Async/.test(text)) finish(text);
    });
    for (const script of program.harness) realm.run(realm.compileScript(script, file));
    phase = 'parse';
    if (kind === 'module') {
      const module = realm.compileModule(source, file);
      phase = 'link';
      await realm.link(module);
      phase = 'run';
      await inTime(module.evaluate(), 'never evaluated');
    } else {
      const script = realm.compileScript(kind === 'script' ? source : WRAPPER.join(source), file);
      phase = 'run';
      const result = realm.run(script);
      if (kind === 'commonjs') {
        const module = { exports: {} };
        const args = [module.exports, requireOf(program), module, file, dirname(file)];
        (result as (...args: unknown[]) => void).apply(module.exports, args);
      }
    }
    phase = 'async';
    return program.isAsync ? await inTime(printed, 'never done') : 'done';
  } catch (error) {
    return `${phase}: ${describe(error)}`;
  }
}

async function inTime<T>(result: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Ending(otherwise)), PATIENCE_MS);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
