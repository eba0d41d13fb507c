// What a call calls, by name: for the lines of calls in the site table. Says nothing of which function that will be.
import type { types as t } from '@babel/core';

export interface NamedCall {
  /** As runtime/call-lines.ts looks for it. */
  readonly name: string;
  /** Where the name stands. */
  readonly at: t.Node;
}

/** `f(…)`: f · `a.b.f(…)`: f · `new C(…)`: C · `this.#m(…)`: #m · `a[f](…)`: null */
export function calledName(callee: t.Node): NamedCall | null {
  switch (callee.type) {
    case 'Identifier':
      return { name: callee.name, at: callee };
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      if (callee.property.type === 'PrivateName') return { name: `#${callee.property.id.name}`, at: callee.property };
      return callee.computed ? null : calledName(callee.property);
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
    case 'TSAsExpression':
    case 'TSInstantiationExpression':
      return calledName(callee.expression);
    default:
      return null;
  }
}

/** Whether it is a direct `eval`, also `(eval)(…)`, and what becomes that when types are gone. */
export function isDirectEval({ callee }: t.CallExpression): boolean {
  let named: t.Node = callee;
  while (/^(Parenthesized|TSNonNull|TSAs|TSSatisfies|TSInstantiation)Expression$|^TSTypeAssertion$/.test(named.type)) {
    named = (named as t.ParenthesizedExpression).expression;
  }
  return named.type === 'Identifier' && named.name === 'eval';
}
