// How a function's end shows whether it was by throwing. The injected `finally` passes `$k` on: the state `$s`, which no
// program has, unless the body ended in another way. Where it has to be set to that again, `$g` holds it. A `catch` would tell, too, but Node prints the place of the last
// throw for an error that nobody catches, and that would be ours.
//
// Before: return A                   After: return $k = A
// Before: return                     After: return void ($k = 0)
// Before: A }                        After: A; $k = 0; }                     at the body's end, if it can be reached
//
// A `finally` that a `return` comes to can still throw, or go on elsewhere:
//
// Before: finally { A }              After: finally { const $j = $k; $k = $g; A; $k = $j; }
//
// A generator may be left at a `yield` for good, which is no error (suspensions.ts puts this in):
//
// Before: yield A                    After: $u($h, yield $y($h, A, $k = 0), $k = $g)
//
// An async generator awaits what it returns, which may be rejected, and what ends it is a rejection anyway:
//
// After:  try { A } catch ($j) { $k = $g; throw $j; } finally { … }
import type { types as t } from '@babel/core';
import type { Found } from './analyse.ts';
import type { Identifiers } from './identifiers.ts';
import type { Syntax } from './syntax.ts';

/** What a site's body holds that its ending depends on; none of it lies in nested functions. */
export interface Endings {
  readonly returns: t.ReturnStatement[];
  /** The `finally` blocks that a `return`, or the end of a generator at a `yield`, comes to. */
  readonly finalizers: t.BlockStatement[];
}

export interface EndingRewriter {
  /** Marks the ends of a site's body, `statements` being its last form. */
  rewrite(site: Found, statements: t.Statement[]): t.Statement[];
}

/** Whether the site has a `catch` instead of marks. */
export function isCaught({ kind }: Found): boolean {
  return kind === 'async-generator';
}

/** Whether what was an end in another way may become one by throwing. */
export function canTurnToThrowing({ kind, finalizers }: Found): boolean {
  return kind === 'generator' || kind === 'async-generator' || finalizers.length > 0;
}

export function createEndingRewriter({ types }: Syntax, { outcome, kept, thrown }: Identifiers): EndingRewriter {
  const set = (value: t.Expression): t.AssignmentExpression =>
    types.assignmentExpression('=', types.identifier(outcome), value);
  const setTo = (name: string): t.Statement => types.expressionStatement(set(types.identifier(name)));
  const setToZero = (): t.Expression => set(types.numericLiteral(0));

  /** `$k = function () {}` would give the function a name. */
  const marked = (value: t.Expression): t.Expression =>
    set(takesName(value) ? types.sequenceExpression([types.numericLiteral(0), value]) : value);

  function rewriteFinalizer(block: t.BlockStatement): void {
    const keep = types.variableDeclaration('const', [
      types.variableDeclarator(types.identifier(kept), types.identifier(outcome)),
    ]);
    block.body = [keep, setTo(thrown), ...block.body, setTo(kept)];
  }

  return {
    rewrite(site, statements) {
      if (isCaught(site)) return statements;
      for (const node of site.returns) {
        node.argument = node.argument ? marked(node.argument) : types.unaryExpression('void', setToZero());
      }
      site.finalizers.forEach(rewriteFinalizer);
      return endsItself(statements.at(-1)) ? statements : [...statements, types.expressionStatement(setToZero())];
    },
  };
}

/** Whether control cannot come to what follows. May say no where it could not either. */
function endsItself(statement: t.Statement | null | undefined): boolean {
  switch (statement?.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true;
    case 'BlockStatement':
      return endsItself(statement.body.at(-1));
    case 'IfStatement':
      return endsItself(statement.consequent) && endsItself(statement.alternate);
    default:
      return false;
  }
}

function takesName(value: t.Expression): boolean {
  switch (value.type) {
    case 'ArrowFunctionExpression':
      return true;
    case 'FunctionExpression':
    case 'ClassExpression':
      return !value.id;
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'TypeCastExpression':
      return takesName(value.expression);
    default:
      return false;
  }
}
