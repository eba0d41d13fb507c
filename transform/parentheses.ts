// Parentheses that mean something. Parsers note them beside the tree, and printers leave out what they hold for too many.
//
// (a) = () => {}                  names the function nothing, a = () => {} names it `a`
// f({ p: this }, ({ p: a.b, ...c } = d))     V8 takes some patterns for errors without them
import type { types as t } from '@babel/core';

export type Covered = t.AssignmentExpression | t.AssignmentPattern;

export function isCovered(node: Covered): boolean {
  const { left, right } = node;
  if (left.type === 'Identifier') return !!left.extra?.parenthesized && /^(Arrow)?(Function|Class)/.test(right.type);
  return node.type === 'AssignmentExpression' && /Pattern$/.test(left.type) && !!node.extra?.parenthesized;
}

/** Makes the parentheses nodes of the tree. What refers to an assignment refers to its parentheses then. */
export function keepCovered(types: typeof t, covered: readonly Covered[]): void {
  for (const node of covered) {
    if (node.left.type === 'Identifier') {
      node.left = types.parenthesizedExpression(node.left) as t.Node as t.Identifier;
      continue;
    }
    const { leadingComments, trailingComments, extra: _, ...assignment } = node as t.AssignmentExpression;
    const fields = node as unknown as Record<string, unknown>;
    for (const key of Object.keys(fields)) delete fields[key];
    Object.assign(fields, types.parenthesizedExpression(assignment), { leadingComments, trailingComments });
  }
}
