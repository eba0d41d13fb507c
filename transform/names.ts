// Lexical names: what a reader of the source would call a function. A name has a path (`outer.Class.method`) that what
// lies inside is prefixed with, and in front of it words that say what it is (`static get outer.Class.p`).
import type { types as t } from '@babel/core';

export const ANONYMOUS = '<anonymous>';
export const MODULE = '<module>';
export const STATIC_BLOCK = '<static>';

/** Longer paths lose their beginning, so that deep nesting makes names long but never quadratically long. */
const LONGEST_PATH = 240;

/** `join('a', 'b')` is `a.b`; `#b` and `[b]` need no dot. */
export function join(path: string, last: string): string {
  const joined = path === '' ? last : path + (/^[#[]/.test(last) ? '' : '.') + last;
  return joined.length <= LONGEST_PATH ? joined : `…${joined.slice(1 - LONGEST_PATH)}`;
}

/** The name of a property: `p`, `#p`, `[Symbol.iterator]`, `[…]` where it is computed in a way that has no short name. */
export function keyName(key: t.Node, computed: boolean | null | undefined): string {
  switch (key.type) {
    case 'StringLiteral':
      return key.value;
    case 'NumericLiteral':
    case 'BigIntLiteral':
      return String(key.value);
    case 'PrivateName':
      return `#${key.id.name}`;
    case 'Identifier':
      if (!computed) return key.name;
  }
  const path = pathOf(key);
  return path === '' ? '[…]' : `[${path}]`;
}

/** The name of what is assigned to: `a`, `a.b.c`; of `this.a` only `a`. Empty where there is none. */
export function pathOf(target: t.Node): string {
  if (target.type === 'Identifier') return target.name;
  if (target.type !== 'MemberExpression') return '';
  const { object, property, computed } = target;
  const last = keyName(property, computed);
  if (object.type === 'ThisExpression') return last;
  return join(pathOf(object), last);
}

type Naming = (node: never, key: string, hint: string) => string;

const pass: Naming = (_node, _key, hint) => hint;
const passTo =
  (...keys: string[]): Naming =>
  (_node, key, hint) =>
    keys.includes(key) ? hint : '';

/** For a node type: the name that an anonymous function or class takes which is this node's child under `key`. */
const NAMING = new Map<string, Naming>([
  ['VariableDeclarator', (node: t.VariableDeclarator, key) => (key === 'init' ? pathOf(node.id) : '')],
  ['AssignmentExpression', (node: t.AssignmentExpression, key) => (key === 'right' ? pathOf(node.left) : '')],
  ['AssignmentPattern', (node: t.AssignmentPattern, key) => (key === 'right' ? pathOf(node.left) : '')],
  [
    'ObjectProperty',
    (node: t.ObjectProperty, key, hint) => (key === 'value' ? join(hint, keyName(node.key, node.computed)) : ''),
  ],
  ['ExportDefaultDeclaration', () => 'default'],
  ['ObjectExpression', pass],
  ['ParenthesizedExpression', pass],
  // esbuild's way to keep names: `__name(() => {}, "f")`.
  [
    'CallExpression',
    (node: t.CallExpression, key, hint) => {
      const name = key === 'arguments' ? keptName(node) : '';
      return name === '' ? '' : hint || name;
    },
  ],
  ['LogicalExpression', pass],
  ['ConditionalExpression', passTo('consequent', 'alternate')],
  ['TSAsExpression', passTo('expression')],
  ['TSSatisfiesExpression', passTo('expression')],
  ['TSTypeAssertion', passTo('expression')],
  ['TSNonNullExpression', pass],
  ['TypeCastExpression', passTo('expression')],
]);

/** The name in esbuild's `__name(value, "name")`, which stands round what has it; else empty. */
export function keptName({ callee, arguments: args }: t.CallExpression): string {
  const isMark = callee.type === 'Identifier' && /^__name\d*$/.test(callee.name) && args.length === 2;
  return isMark && args[1].type === 'StringLiteral' ? args[1].value : '';
}

/** Whether this is the static block `{ __name(this, "C") }` that esbuild puts into a class. */
export function isNameMark(node: t.Node): boolean {
  if (node.type !== 'StaticBlock' || node.body.length !== 1) return false;
  const [statement] = node.body;
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') return false;
  return keptName(statement.expression) !== '' && statement.expression.arguments[0].type === 'ThisExpression';
}

export function hintFor(node: t.Node, key: string, hint: string): string {
  const naming = NAMING.get(node.type);
  return naming ? naming(node as never, key, hint) : '';
}

/** The words in front of a method's or field's path. */
export function modifiersOf(node: t.Node): string {
  if (node.type === 'StaticBlock') return '';
  const { static: isStatic, kind } = node as Partial<t.ClassMethod>;
  return (isStatic ? 'static ' : '') + (kind === 'get' || kind === 'set' ? `${kind} ` : '');
}
