// TypeScript is written with the names its output will have: `./x.js` may mean x.ts. These are the names to try once Node
// has found nothing under the written one; a file that exists always wins.

const BY_WRITTEN_EXTENSION: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, ['.ts', '.tsx', '.jsx']],
  [/\.jsx$/, ['.tsx']],
  [/\.mjs$/, ['.mts']],
  [/\.cjs$/, ['.cts']],
];
const BY_REQUIRE = ['.ts', '.tsx', '.cts', '.jsx', '/index.ts', '/index.tsx', '/index.cts', '/index.jsx'];
const IS_FILE = /^(?:\.{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/]|file:)/;

/**
 * Specifiers to try instead of `specifier`, best first; empty for packages and built-in modules.
 * `bare` adds the names that only `require` completes: no extension, and a directory's index.
 */
export function typescriptNames(specifier: string, bare: boolean): string[] {
  if (!IS_FILE.test(specifier)) return [];
  const [, path, query] = /^([^?#]*)(.*)$/s.exec(specifier)!;
  for (const [written, meant] of BY_WRITTEN_EXTENSION) {
    if (written.test(path)) return meant.map((extension) => path.replace(written, extension) + query);
  }
  return bare ? BY_REQUIRE.map((ending) => path.replace(/[\\/]$/, '') + ending) : [];
}

/** Whether Node says with this error that there is no such file. */
export function isNotFound(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT';
}
