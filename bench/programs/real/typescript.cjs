// TypeScript's own checker on a project of modules that import each other, some with a mistake in them.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const ts = require('typescript');

const MODULES = 20;
const MISTAKES = MODULES / 10;
const PROJECT = '/project';
const library = dirname(require.resolve('typescript'));
const options = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2020, lib: ['lib.es2020.d.ts'], types: [] };

const moduleText = (i) => `
${i > 0 ? `import { type Item${i - 1}, Store${i - 1}, total${i - 1} } from './m${i - 1}';` : ''}
export interface Item${i} { readonly id: number; name: string; kind: 'a' | 'b'; tags?: readonly string[] }
type Kinds${i} = { [K in Item${i}['kind']]: Extract<Item${i}, { kind: K | 'a' | 'b' }>[] };
export class Store${i}<T extends Item${i}> {
  readonly items${i} = new Map<number, T>();
  add${i}(item: T): this { this.items${i}.set(item.id, item); return this; }
  byKind${i}(): Partial<Kinds${i}> {
    return [...this.items${i}.values()].reduce<Partial<Kinds${i}>>((all, item) => ({ ...all, [item.kind]: [item] }), {});
  }
  async load${i}(read: (id: number) => Promise<T | undefined>, ids: readonly number[]) {
    const found = await Promise.all(ids.map((id) => read(id)));
    return found.filter((item) => item !== undefined).map(({ id, name, tags = [] }) => ({ id, name, tags }));
  }
}
export function total${i}<T extends Item${i}>(store: Store${i}<T>): number {
  ${i % 10 === 9 ? `const wrong: string = store.items${i}.size;` : ''}
  return store.items${i}.size + ${i > 0 ? `total${i - 1}(new Store${i - 1}<Item${i - 1}>())` : '0'};
}
`;
const texts = new Map(Array.from({ length: MODULES }, (_, i) => [`${PROJECT}/m${i}.ts`, moduleText(i)]));
/** TypeScript's own declarations are parsed once, as by an editor or a watcher. */
const libraries = new Map();
const read = (file) => {
  if (!texts.has(file) && file.startsWith(library)) texts.set(file, readFileSync(file, 'utf8'));
  return texts.get(file);
};
const host = {
  getSourceFile: (file, version) => {
    const text = read(file);
    if (text === undefined || libraries.has(file)) return libraries.get(file);
    const source = ts.createSourceFile(file, text, version);
    if (file.startsWith(library)) libraries.set(file, source);
    return source;
  },
  getDefaultLibLocation: () => library,
  getDefaultLibFileName: () => join(library, 'lib.es2020.d.ts'),
  getCurrentDirectory: () => PROJECT,
  getCanonicalFileName: (file) => file,
  useCaseSensitiveFileNames: () => true,
  getNewLine: () => '\n',
  fileExists: (file) => texts.has(file) || (file.startsWith(library) && ts.sys.fileExists(file)),
  readFile: read,
  writeFile: () => {},
};
const roots = [...texts.keys()];

exports.run = () => ts.getPreEmitDiagnostics(ts.createProgram(roots, options, host));
exports.check = (diagnostics) => {
  const codes = diagnostics.map(({ code, file }) => `${code} ${file?.fileName}`);
  const isRight = diagnostics.every(({ code, file }) => code === 2322 && /m\d*9\.ts$/.test(file.fileName));
  if (!isRight || codes.length !== MISTAKES) throw new Error(`expected ${MISTAKES} mistakes, got ${codes}`);
};
