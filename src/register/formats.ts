// What kind of module a file is, as Node decides it: by its extension, else by the nearest package.json's `type`.
// Where neither says, the answer is undefined and the source's own syntax decides (compile.ts).
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

export type ModuleFormat = 'module' | 'commonjs';

const COMPILED = new Set(['.ts', '.mts', '.cts', '.tsx', '.jsx']);
const INSTRUMENTABLE = new Set(['.js', '.mjs', '.cjs', '', ...COMPILED]);
const BY_EXTENSION: Readonly<Record<string, ModuleFormat>> = {
  '.mjs': 'module',
  '.mts': 'module',
  '.cjs': 'commonjs',
  '.cts': 'commonjs',
};

/** Whether the file must be compiled before Node can run it. */
export function needsCompiling(filename: string): boolean {
  return COMPILED.has(extname(filename)) && !/\.d\.[cm]?ts$/.test(filename);
}

/** Whether the file can hold JavaScript or TypeScript at all; JSON, WebAssembly and addons never do. */
export function canHoldCode(filename: string): boolean {
  return INSTRUMENTABLE.has(extname(filename));
}

/** What Node's own word for a format means here; `null` for formats that hold no JavaScript. */
export function formatOfNode(format: string | null | undefined): ModuleFormat | undefined | null {
  switch (format) {
    case 'module':
    case 'module-typescript':
      return 'module';
    case 'commonjs':
    case 'commonjs-typescript':
      return 'commonjs';
    case 'typescript':
    case null:
    case undefined:
      return undefined;
    default:
      return null;
  }
}

const typeOfDirectory = new Map<string, ModuleFormat | undefined>();

function typeOf(directory: string): ModuleFormat | undefined {
  if (typeOfDirectory.has(directory)) return typeOfDirectory.get(directory);
  const type = readType(directory);
  typeOfDirectory.set(directory, type);
  return type;
}

function readType(directory: string): ModuleFormat | undefined {
  let text: string | undefined;
  try {
    text = readFileSync(join(directory, 'package.json'), 'utf8');
  } catch {
    const parent = dirname(directory);
    return parent === directory || basename(parent) === 'node_modules' ? undefined : typeOf(parent);
  }
  try {
    const { type } = JSON.parse(text) as { type?: unknown };
    return type === 'module' || type === 'commonjs' ? type : undefined;
  } catch {
    return undefined; // Node itself will complain about it where it matters
  }
}

/** The format that name and package fix, or undefined where the syntax has to tell. */
export function formatByName(filename: string): ModuleFormat | undefined {
  return BY_EXTENSION[extname(filename)] ?? typeOf(dirname(filename));
}
