// For Node without `module.registerHooks`: the ES module that an import of CommonJS TypeScript sees. Node would look for
// the names of its exports in the file on disk, where they are still TypeScript; so they are written out here, and the
// file itself is loaded by a real `require`.

const ASSIGNED = /\bexports\.([A-Za-z_$][\w$]*)\s*=(?!=)/g;
const DEFINED = /\bObject\.defineProperty\(exports,\s*["']([A-Za-z_$][\w$]*)["']/g;

/** What esbuild writes for Node to find: `0 && (module.exports = { a, b })`. */
const ANNOTATED = /\b0\s*&&\s*\(module\.exports\s*=\s*\{([\w$\s,]*)\}\)/g;

/** The exports that can be seen without running `code`; what `export *` adds is not among them. */
export function exportNames(code: string): string[] {
  const names = new Set<string>();
  for (const pattern of [ASSIGNED, DEFINED]) for (const [, name] of code.matchAll(pattern)) names.add(name);
  for (const [, list] of code.matchAll(ANNOTATED)) {
    for (const name of list.split(',')) if (name.trim() !== '') names.add(name.trim());
  }
  names.delete('default'); // the default of imported CommonJS is all of `module.exports`
  return [...names];
}

/** An ES module that requires `filename` and exports `names` of it. */
export function facade(filename: string, names: readonly string[]): string {
  const exported = names.map((name, i) => `const _${i} = all.${name}; export { _${i} as ${name} };`);
  return [
    `import { createRequire } from 'node:module';`,
    `const all = createRequire(import.meta.url)(${JSON.stringify(filename)});`,
    `export default all;`,
    ...exported,
  ].join(' ');
}
