// Puts numbers in place of the names of runtime/layout.ts and runtime/contract.ts, when dist/ is built: V8 keeps records
// with so many names as dictionaries, and looks a column up each time instead of taking it for the constant that it is.
import { readFileSync } from 'node:fs';
import { parse } from '@babel/parser';
import { createRequire } from 'node:module';

const traverse = createRequire(import.meta.url)('@babel/traverse').default;
const DECLARING = /\/(?:layout|contract)\.[jt]s$/;

/** `exported` is what the two modules export. Gives back a function from a module's source to the same with numbers. */
export function createInliner(exported) {
  /** The number that stands for the reference, and what of the source it replaces; null where it has to stay. */
  function numberFor({ node, parent }, value) {
    if (typeof value === 'number') {
      if (parent.type === 'ObjectProperty' && parent.shorthand) return { node: parent, text: `${node.name}: ${value}` };
      return isExpressionPlace(parent) ? { node, text: String(value) } : null;
    }
    const isColumn = parent.type === 'MemberExpression' && parent.object === node && !parent.computed;
    const column = isColumn ? value?.[parent.property.name] : undefined;
    return typeof column === 'number' ? { node: parent, text: String(column) } : null;
  }

  return (source) => {
    const replaced = [];
    traverse(parse(source, { sourceType: 'module', plugins: ['typescript'] }), {
      ImportDeclaration({ node, scope }) {
        if (!DECLARING.test(node.source.value)) return;
        for (const { local, imported } of node.specifiers) {
          for (const reference of scope.getBinding(local.name).referencePaths) {
            const number = numberFor(reference, exported[imported.name]);
            if (number !== null) replaced.push(number);
          }
        }
      },
    });
    replaced.sort((a, b) => b.node.start - a.node.start);
    for (const { node, text } of replaced) {
      const safe = text.startsWith('-') ? `(${text})` : text;
      source = source.slice(0, node.start) + safe + source.slice(node.end);
    }
    return source;
  };
}

/** Not a type and not an export. */
function isExpressionPlace({ type }) {
  return !type.startsWith('TS') && !type.startsWith('Export');
}

/** For esbuild. */
export const inlinedLayout = (inline) => ({
  name: 'layout-constants',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](?:runtime|src|transform)[\\/].*[^d]\.ts$/ }, ({ path }) => {
      return { contents: inline(readFileSync(path, 'utf8')), loader: 'ts' };
    });
  },
});
