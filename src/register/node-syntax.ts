// What Node itself says to a file that Babel cannot parse. If it cannot either, the file is wrong, and the error to see is
// Node's own, as it would be without us: no line of ours above it and no frame of ours in it. What we alone refuse,
// TypeScript, is shown in the same form.
import type { ModuleFormat } from './formats.ts';
import { DIST_DIRECTORY } from './package-root.ts';

/** Whether V8 can parse it. Where that cannot be found out: true. */
export function canNodeParse(source: string, format: ModuleFormat | undefined): boolean {
  return (format !== 'module' && isCommonJs(source)) || (format !== 'commonjs' && isModule(source));
}

/** Whether V8 can parse it as the body of a CommonJS module. */
export function isCommonJs(source: string): boolean {
  const { compileFunction } = process.getBuiltinModule('node:vm');
  try {
    compileFunction(source.replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

/** Flags that change what V8 or Node can parse. */
const SYNTAX_FLAG = /^--(?:harmony|js-|allow-natives-syntax|no-experimental-|experimental-(?!loader))/;

/** Only a process of its own tells of an ES module without running it. It takes as long as Node does to start. */
function isModule(source: string): boolean {
  try {
    const flags = process.execArgv.filter((flag) => SYNTAX_FLAG.test(flag));
    const { spawnSync } = process.getBuiltinModule('node:child_process');
    const { status } = spawnSync(process.execPath, [...flags, '--check', '--input-type=module', '-'], {
      input: source,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    return status !== 1;
  } catch {
    return true; // processes may be forbidden
  }
}

/** Runs what will throw a SyntaxError, and takes our own frames out of its stack. */
export function withoutOwnFrames<T>(load: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  try {
    return load();
  } catch (error) {
    clean(error, limit);
    throw error;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function clean(error: unknown, limit: number): void {
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string') return;
  let frames = 0;
  const kept = stack
    .split('\n')
    .filter((line) => !/^ {4}at /.test(line) || (!line.includes(DIST_DIRECTORY) && ++frames <= limit));
  (error as Error).stack = kept.join('\n');
}

/** In the parsed text: lines from 1, columns from 0, as Babel has them. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** An error that quotes the place as Node does above its stack, without frames of ours. */
export function syntaxError(message: string, filename: string, source: string, at: Location | undefined): SyntaxError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  const error = new SyntaxError(message);
  Error.stackTraceLimit = limit;
  clean(error, limit);
  const text = at && source.split(/\r\n|[\r\n\u2028\u2029]/)[at.line - 1];
  if (text !== undefined) {
    const indent = text.slice(0, at!.column).replace(/\S/g, ' ');
    error.stack = `${filename}:${at!.line}\n${text}\n${indent}^\n\n${error.stack}`;
  }
  return error;
}
