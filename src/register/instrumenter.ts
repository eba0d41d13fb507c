// From a file's source to what is run instead of it: chosen by the filter, taken from the cache or compiled, and where
// that fails left as it is with one warning. Knows nothing of how Node asks for it (load-hooks, require-hook, loader).
import { readFileSync, statSync, writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Originals } from '../../transform/options.ts';
import { TRANSFORM_VERSION } from '../../transform/version.ts';
import { createFileFilter } from '../../transform/selection.ts';
import { EverycallError } from '../errors.ts';
import { EVERYCALL_VERSION } from '../version.ts';
import { cacheKey, openCache } from './cache.ts';
import type { Compiled } from './cache.ts';
import type * as Compile from './compile.ts';
import { canHoldCode, needsCompiling } from './formats.ts';
import type { ModuleFormat } from './formats.ts';
import { fileOfMap } from './input-map.ts';
import { canNodeParse, syntaxError } from './node-syntax.ts';
import type { Location } from './node-syntax.ts';
import { withOwnModules } from './own-modules.ts';
import { packName } from './pack.ts';
import type { Pack } from './pack.ts';
import { COMPILE_FILE, DIST_DIRECTORY, isOwnFile, PLUGIN_FILE, requireOwn } from './package-root.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import type { FullSettings } from './settings.ts';
import { syntaxSettings } from './tsconfig.ts';

/** A file that nobody can parse. */
export const BROKEN = Symbol('broken');

export interface Instrumenter {
  /** Whether the file is to be looked at: selected by the filter, or TypeScript. Never while a transform runs. */
  concerns(filename: string): boolean;
  /**
   * What to run instead of `source`, `null`: run it as it is, or BROKEN: that, too, and Node will refuse it.
   * `format` undefined: the syntax decides.
   */
  process(filename: string, source: string, format: ModuleFormat | undefined): Compiled | null | typeof BROKEN;
}

/** How our own work runs on a thread that is profiled. */
export interface OwnWork {
  /** Its time is charged to nobody. */
  withoutCharge<T>(work: () => T): T;
  /** The built-in functions that it calls are not the program's. */
  asOwnWork<T>(work: () => T): T;
}

/** On a thread that is not profiled nothing needs to be told apart. */
export const UNPROFILED: OwnWork = { withoutCharge: (work) => work(), asOwnWork: (work) => work() };

/** @param onCache is told once, before the first file, where V8's code may be kept */
export function createInstrumenter(
  settings: FullSettings,
  { withoutCharge, asOwnWork } = UNPROFILED,
  onCache: (codeDirectory: string) => void = () => {},
): Instrumenter {
  const { include, exclude, root } = settings;
  const originals = originalsHere();
  const isSelected = withOwnModules(() => createFileFilter({ include, exclude, root }));
  const cache = openCache(settings.cache, settings.root);
  let progress: Progress | undefined;
  const warned = new Set<string>();
  let tools: string | undefined;
  let pack: Pack | null = null;
  // Babel is itself loaded through the hooks, with whatever it loads later on: such files must pass.
  let busy = false;
  // What was given last: another tool's loader may hand it on to Node's, and both are hooked.
  let latest: string | undefined;

  function run(
    filename: string,
    source: string,
    format: ModuleFormat | undefined,
  ): ReturnType<Instrumenter['process']> {
    // What comes from another hook before us is no longer TypeScript, whatever the file is called.
    const typescript = needsCompiling(filename) && isFileItself(filename, source);
    const instrument = isSelected(filename);
    if (!typescript && !instrument) return null;
    tools ??= begin();
    const syntax = typescript ? syntaxSettings(filename, warnOnce) : null;
    if (syntax?.emitDecoratorMetadata) {
      warnOnce(
        'decorators get no types: emitDecoratorMetadata of tsconfig.json needs the whole program, see docs/limitations.md',
      );
    }
    const choice = JSON.stringify([filename, format, syntax, instrument, originals]);
    const packed = pack?.find(choice, source);
    if (packed) {
      cache.keep(packed.key);
      return packed.compiled;
    }
    const map = externalMap(filename, source);
    const key = cacheKey([tools, choice, map ?? '', source]);
    const cached = cache.read(key);
    if (cached !== null) return intoPack(cached);
    /** Without what another file has a part in. */
    function intoPack(compiled: Compiled): Compiled {
      if (map === null) pack?.add(choice, source, { key, compiled });
      return compiled;
    }
    if (settings.progress) progress ??= createProgress();
    progress?.begin(source.length);
    try {
      const { compile } = requireOwn(COMPILE_FILE) as typeof Compile;
      return intoPack(cache.write(key, compile({ source, filename, format, syntax, instrument, originals })));
    } catch (error) {
      if (!typescript && !canNodeParse(source, format)) return BROKEN;
      return refuse(filename, source, typescript, error);
    } finally {
      progress?.end();
    }
  }

  function begin(): string {
    const codeDirectory = cache.codeDirectory();
    if (codeDirectory !== null) onCache(codeDirectory);
    const versions = toolVersions();
    pack = cache.pack(packName(settings.root, process.argv[1] ?? '', DIST_DIRECTORY), versions);
    return versions;
  }

  function warnOnce(problem: string): void {
    if (warned.has(problem)) return;
    warned.add(problem);
    warn(`everycall: ${problem}\n`);
  }

  function refuse(filename: string, source: string, typescript: boolean, error: unknown): null {
    const { place, reason } = describe(filename, error);
    if (typescript) {
      const { loc } = error as { loc?: Location };
      throw syntaxError(`${place} cannot be compiled: ${reason}`, filename, source, loc);
    }
    if (settings.strict) throw new EverycallError('bad-file', `${place} cannot be instrumented: ${reason}`);
    warnOnce(`${place} left uninstrumented: ${reason}`);
    return null;
  }

  return {
    concerns: (filename) =>
      !busy &&
      asOwnWork(
        () => canHoldCode(filename) && !isOwnFile(filename) && (needsCompiling(filename) || isSelected(filename)),
      ),
    process(filename, source, format) {
      if (busy || source === latest) return null;
      busy = true;
      try {
        const result = withoutCharge(() => withOwnModules(() => run(filename, source, format)));
        if (result !== null && result !== BROKEN) latest = result.code;
        return result;
      } finally {
        busy = false;
      }
    },
  };
}

/**
 * Coverage would find two bodies of one function, of which one is never run; and what stands there twice has its lines in
 * stacks only by a source map.
 */
function originalsHere(): Originals {
  const { env, execArgv, sourceMapsEnabled } = process;
  if (env.NODE_V8_COVERAGE || execArgv.includes('--experimental-test-coverage')) return 'none';
  return sourceMapsEnabled ? 'all' : 'one-line';
}

function isFileItself(filename: string, source: string): boolean {
  try {
    return readFileSync(filename, 'utf8').replace(/^\uFEFF/, '') === source.replace(/^\uFEFF/, '');
  } catch {
    return false;
  }
}

/**
 * What compiled code depends on besides source and options. The plugin's own file belongs to it, so that a changed plugin
 * is never served old results, not even where nobody thought of raising a number.
 */
function toolVersions(): string {
  const { size, mtimeMs } = statSync(PLUGIN_FILE);
  // Read, not required: a program that looks into `require.cache` would find it there.
  const versions = ['@babel/core', '@babel/generator', '@babel/parser', '@babel/preset-typescript'].map(
    (name) =>
      (JSON.parse(readFileSync(requireOwn.resolve(`${name}/package.json`), 'utf8')) as { version: string }).version,
  );
  return [EVERYCALL_VERSION, TRANSFORM_VERSION, size, mtimeMs, ...versions].join(' ');
}

/**
 * Names and lines come from a source map that lies beside the file: then its content belongs to the key as well; empty
 * where it is not there. `null`: the source names none.
 */
function externalMap(filename: string, source: string): string | null {
  const at = source.lastIndexOf('//# sourceMappingURL=');
  if (at < 0 || source.startsWith('data:', at + 21)) return null;
  const name = /^\S*/.exec(source.slice(at + 21))![0];
  try {
    return readFileSync(fileOfMap(filename, name), 'utf8');
  } catch {
    return '';
  }
}

/** `file:line:column`, both from 1 as in stack traces, and the reason in one line. */
function describe(filename: string, error: unknown): { place: string; reason: string } {
  const { message, loc } = error as { message?: string; loc?: Location };
  const inside = relative(process.cwd(), filename);
  const name = inside === '' || inside.startsWith('..') ? filename : inside;
  const reason = String(message ?? error)
    .split('\n')[0]
    .replace(`${filename}: `, '')
    .replace(/ \(\d+:\d+\)$/, '');
  return { place: loc ? `${name}:${loc.line}:${loc.column + 1}` : name, reason };
}

/** Not `process.stderr`: this also runs on threads that have none of their own, and must not wait for a main thread. */
function warn(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // nobody reads it
  }
}
