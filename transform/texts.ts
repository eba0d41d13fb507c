// Functions that stand where their text is all that is wanted of them, such as `a[() => {}]` or `'' + function () {…}`.
// They stay as they are: two that are written alike are the same key, and nobody is there to call them.
import type { types as t } from '@babel/core';

/** The children of a node that it makes a string of, if it is told a function. */
function stringified(node: t.Node): readonly (t.Node | null)[] {
  switch (node.type) {
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      if (node.computed) return [node.property];
      return node.property.type === 'Identifier' && node.property.name === 'toString' ? [node.object] : [];
    case 'ObjectProperty':
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
    case 'ClassAccessorProperty':
      return node.computed ? [node.key] : [];
    case 'TemplateLiteral':
      return node.expressions;
    case 'BinaryExpression':
      return /^(\+|[<>]=?)$/.test(node.operator) ? [node.left, node.right] : [];
    case 'CallExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'String' ? node.arguments : [];
    default:
      return [];
  }
}

/** The functions and classes right in a node that are there for their text. */
export function textsIn(node: t.Node): t.Node[] {
  return stringified(node).flatMap((child) => {
    while (child?.type === 'ParenthesizedExpression') child = child.expression;
    return child && /^(Function|ArrowFunction|Class)Expression$/.test(child.type) ? [child] : [];
  });
}
