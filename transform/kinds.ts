// The policy as a table: node type → kind of site → shape of the injected code. Whatever the table does not name is no
// site. A further shape is a row's `shape` here and a case in shapes.ts.
import type { types as t } from '@babel/core';
import { ASYNC_FUNCTION, ASYNC_GENERATOR, ASYNC_MODULE, GENERATOR } from '../runtime/contract.ts';
import type { SiteKind } from '../runtime/contract.ts';

/**
 * `module`: enter first, exit last · `body`: a function with a body to go round · `statements`: the same for a static
 * block · `initialiser`: an expression made the body of a called arrow · `suspending`: as `body`, with an activation in
 * place of a handle.
 */
export type Shape = 'module' | 'body' | 'statements' | 'initialiser' | 'suspending';

export interface Policy {
  readonly kind: SiteKind;
  readonly shape: Shape;
}

export type MethodNode = t.ObjectMethod | t.ClassMethod | t.ClassPrivateMethod;
export type FieldNode = t.ClassProperty | t.ClassPrivateProperty | t.ClassAccessorProperty;
export type FunctionNode = t.FunctionDeclaration | t.FunctionExpression | t.ArrowFunctionExpression | MethodNode;

const FIELD: Policy = { kind: 'field', shape: 'initialiser' };
const METHOD: Policy = { kind: 'method', shape: 'body' };

const BY_TYPE: ReadonlyMap<string, Policy> = new Map<string, Policy>([
  ['FunctionDeclaration', { kind: 'function', shape: 'body' }],
  ['FunctionExpression', { kind: 'function', shape: 'body' }],
  ['ArrowFunctionExpression', { kind: 'arrow', shape: 'body' }],
  ['ObjectMethod', METHOD],
  ['ClassMethod', METHOD],
  ['ClassPrivateMethod', METHOD],
  ['StaticBlock', { kind: 'static-block', shape: 'statements' }],
  ['ClassProperty', FIELD],
  ['ClassPrivateProperty', FIELD],
  ['ClassAccessorProperty', FIELD],
]);

const BY_METHOD_KIND: ReadonlyMap<string | undefined, Policy> = new Map<string | undefined, Policy>([
  ['get', { kind: 'getter', shape: 'body' }],
  ['set', { kind: 'setter', shape: 'body' }],
  ['constructor', { kind: 'constructor', shape: 'body' }],
]);

/** Rows are `async` + 2 × `generator`. */
const SUSPENDING: readonly (Policy | undefined)[] = [
  undefined,
  { kind: 'async', shape: 'suspending' },
  { kind: 'generator', shape: 'suspending' },
  { kind: 'async-generator', shape: 'suspending' },
];

export function policyOf(node: t.Node): Policy | undefined {
  const policy = BY_TYPE.get(node.type);
  if (policy?.shape !== 'body') return policy;
  const { async, generator, kind } = node as Partial<t.ClassMethod>;
  return SUSPENDING[(async ? 1 : 0) + (generator ? 2 : 0)] ?? BY_METHOD_KIND.get(kind) ?? policy;
}

/** What `activate` is told of a site that suspends. */
export function activationKind(kind: SiteKind): number {
  switch (kind) {
    case 'generator':
      return GENERATOR;
    case 'async-generator':
      return ASYNC_GENERATOR;
    case 'module':
      return ASYNC_MODULE;
    default:
      return ASYNC_FUNCTION;
  }
}

/** Around these an initialiser's arrow would be read for a function's name by the language, or is not worth its cost. */
const TRIVIAL = new Set([
  'StringLiteral',
  'NumericLiteral',
  'BigIntLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'RegExpLiteral',
  'Identifier',
  'ThisExpression',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassExpression',
]);

/** Whether a field initialiser is left as it is without being listed: it calls nothing. */
export function isTrivial(node: t.Node | null | undefined): boolean {
  if (!node || TRIVIAL.has(node.type)) return true;
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator !== 'delete' && isTrivial(node.argument);
    case 'TemplateLiteral':
      return node.expressions.length === 0;
    case 'ArrayExpression':
      return node.elements.every(isTrivial);
    case 'ObjectExpression':
      return node.properties.every((each) => each.type === 'ObjectProperty' && !each.computed && isTrivial(each.value));
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TypeCastExpression':
      return isTrivial(node.expression);
    default:
      return false;
  }
}
