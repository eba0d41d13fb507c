// Where a function suspends, found during the walk, and what stands there afterwards. The nodes are changed in place, so
// that whatever refers to them still does; what is added has no location.
//
// Before: await A            After: $u($h, await $p($h, A))          taken off the stack, and put back
// Before: yield A            After: $u($h, yield $y($h, A))           with more in a generator, see endings.ts
// Before: yield* A           After: $u($h, yield* $d($h, A, 0))      what iterates does that at each step
// Before: return A           After: return $p($h, A)                 in an async generator, which awaits it
//
// A rejection, a `throw()` or a `return()` comes back elsewhere, still suspended, and so does the end of a loop that
// awaits. Whatever of the program runs next begins with an idempotent resume:
//
// Before: catch (e) { A }            After: catch (e) { $u($h); A }
// Before: catch ({ e }) { A }        After: catch ($t) { $u($h); let { e } = $t; { A } }
// Before: finally { A }              After: finally { $u($h); A }
// Before: for await (const a of A) B After: try { for await (const a of $d($h, A, 2)) { $u($h); B } } finally { $u($h); }
// Before: for (const a of A) await B After: for (const a of A) try { await B } finally { $u($h); }
// Before: { await using a = A; B }   After: { try { const a = A; await using $t = $w($h, a); B } finally { $u($h); } }
import type { types as t } from '@babel/core';
import { ASYNC_YIELD_STAR, FOR_AWAIT, YIELD_STAR } from '../runtime/contract.ts';
import type { SiteKind } from '../runtime/contract.ts';
import type { Identifiers, PassingHook } from './identifiers.ts';
import type { Syntax } from './syntax.ts';

/** A place to change. `labelled` is the outermost label of a loop. */
export type Suspension =
  | { readonly at: 'await'; readonly node: t.AwaitExpression }
  | { readonly at: 'yield'; readonly node: t.YieldExpression }
  | { readonly at: 'return'; readonly node: t.ReturnStatement }
  | { readonly at: 'loop'; readonly node: t.ForOfStatement; readonly labelled: t.Statement }
  | { readonly at: 'handler'; readonly node: t.CatchClause }
  | { readonly at: 'finalizer'; readonly node: t.BlockStatement }
  | { readonly at: 'disposal'; readonly node: t.BlockStatement; readonly nested: boolean };

/** Whether the declaration is disposed of asynchronously. Babel's types know the word since 7.22, its checks vary. */
export function isAwaitUsing(node: t.Node): boolean {
  return node?.type === 'VariableDeclaration' && (node.kind as string) === 'await using';
}

/**
 * Whether what the loop goes over may name what the loop binds, and so find it not bound yet: with the binding moved into
 * the body it would find another one. A plain name that runs nothing is not moved.
 */
export function bindsWhatItNames(types: typeof t, { left, right }: t.ForOfStatement): boolean {
  if (left.type !== 'VariableDeclaration' || left.kind === 'var') return false;
  if (left.declarations[0].id.type === 'Identifier' && !isAwaitUsing(left)) return false;
  const names = types.getBindingIdentifiers(left);
  const mentions = (node: t.Node): boolean => {
    if (node.type === 'Identifier') return node.name === 'eval' || Object.hasOwn(names, node.name);
    const { computed } = node as { computed?: boolean };
    return (types.VISITOR_KEYS[node.type] ?? []).some((key) => {
      if (!computed && (key === 'property' || key === 'key')) return false;
      const child = node[key as keyof typeof node] as unknown as t.Node | (t.Node | null)[] | null | undefined;
      return [child].flat().some((each) => each && mentions(each));
    });
  };
  return mentions(right);
}

export interface SuspensionRewriter {
  /** Changes the places where one site suspends. Returns the hooks that they call. */
  rewrite(suspensions: readonly Suspension[], kind: SiteKind): ReadonlySet<PassingHook>;
}

export function createSuspensionRewriter({ types }: Syntax, identifiers: Identifiers): SuspensionRewriter {
  let used = new Set<PassingHook>();
  let temporaries = 0;
  let handle = '';
  let names: Readonly<Record<PassingHook, string>> = identifiers;

  const setOutcome = (value: t.Expression): t.Expression =>
    types.assignmentExpression('=', types.identifier(identifiers.outcome), value);
  /** From here on the generator's end is an error again, see endings.ts. */
  const isThrown = (): t.Expression => setOutcome(types.identifier(identifiers.thrown));
  const hook = (name: PassingHook, ...args: t.Expression[]): t.CallExpression => {
    used.add(name);
    return types.callExpression(types.identifier(names[name]), [types.identifier(handle), ...args]);
  };
  const resuming = (): t.Statement => types.expressionStatement(hook('resume'));
  const block = (statement: t.Statement): t.BlockStatement =>
    statement.type === 'BlockStatement' ? statement : types.blockStatement([statement]);
  const resumedAfter = (statement: t.Statement): t.TryStatement =>
    types.tryStatement(block(statement), null, types.blockStatement([resuming()]));
  const delegated = (iterable: t.Expression, by: number): t.Expression =>
    hook('delegate', iterable, types.numericLiteral(by));
  const newTemporary = (): t.Identifier => types.identifier(`${identifiers.temporary}${temporaries++}`);
  const declare = (kind: string, id: t.LVal, value: t.Expression): t.VariableDeclaration =>
    types.variableDeclaration(kind as 'const', [types.variableDeclarator(id as t.Identifier, value)]);

  /** The original moves into `wrap`'s result, which takes its place. Comments before a statement stay before it. */
  function replace(node: t.Node, wrap: (original: never) => t.Node): void {
    const original = { ...node };
    const fields = node as unknown as Record<string, unknown>;
    for (const key of Object.keys(fields)) delete fields[key];
    Object.assign(fields, wrap(original as never));
    for (const comments of ['leadingComments', 'trailingComments'] as const) {
      if (!original[comments]) continue;
      node[comments] = original[comments];
      delete original[comments];
    }
  }

  function rewriteYield(node: t.YieldExpression, kind: SiteKind): void {
    const { argument } = node;
    const isSync = kind === 'generator';
    if (node.delegate) {
      node.argument = delegated(argument!, isSync ? YIELD_STAR : ASYNC_YIELD_STAR);
      return replace(node, (original) => hook('resume', original));
    }
    if (!isSync) {
      node.argument = argument ? hook('pause', argument) : hook('pause');
      return replace(node, (original) => hook('resume', original));
    }
    const nothing = types.unaryExpression('void', types.numericLiteral(0));
    node.argument = hook('pause', argument ?? nothing, setOutcome(types.numericLiteral(0)));
    replace(node, (original) => hook('resume', original, isThrown()));
  }

  /** What the loop binds, moved to where the activation is resumed, unless it is a plain name that runs nothing. */
  function bindInside(loop: t.ForOfStatement): t.Statement[] {
    const { left } = loop;
    const declares = left.type === 'VariableDeclaration';
    const target = declares ? left.declarations[0].id : left;
    if (target.type === 'Identifier' && !isAwaitUsing(left)) return [];
    const value = newTemporary();
    loop.left = types.variableDeclaration('const', [types.variableDeclarator(value)]);
    if (isAwaitUsing(left)) return declareDisposable(target as t.Identifier, types.identifier(value.name));
    if (declares) return [declare(left.kind, target as t.LVal, types.identifier(value.name))];
    const assignment = types.assignmentExpression('=', target as t.LVal, types.identifier(value.name));
    return [types.expressionStatement(assignment)];
  }

  function declareDisposable(id: t.Identifier, value: t.Expression): t.Statement[] {
    const resource = hook('dispose', types.identifier(id.name));
    return [declare('const', id, value), declare('await using', newTemporary(), resource)];
  }

  function rewriteLoop(loop: t.ForOfStatement, labelled: t.Statement): void {
    const bindings = bindInside(loop);
    if (bindings.length > 0) loop.body = types.blockStatement([...bindings, loop.body]);
    if (!loop.await) {
      loop.body = resumedAfter(loop.body);
      return;
    }
    loop.right = delegated(loop.right, FOR_AWAIT);
    if (bindings.some((each) => isAwaitUsing(each))) loop.body = resumedAfter(loop.body);
    loop.body = types.blockStatement([resuming(), loop.body]);
    replace(labelled, resumedAfter);
  }

  function rewriteHandler(handler: t.CatchClause, kind: SiteKind): void {
    const { param, body } = handler;
    const resumed = kind === 'generator' ? types.expressionStatement(hook('resume', isThrown())) : resuming();
    if (!param || param.type === 'Identifier') {
      body.body.unshift(resumed);
      return;
    }
    const error = newTemporary();
    handler.param = error;
    handler.body = types.blockStatement([resumed, declare('let', param, types.identifier(error.name)), body]);
  }

  function rewriteDisposal(scope: t.BlockStatement, nested: boolean): void {
    scope.body = scope.body.flatMap((statement) =>
      isAwaitUsing(statement)
        ? (statement as t.VariableDeclaration).declarations.flatMap(({ id, init }) =>
            declareDisposable(id as t.Identifier, init!),
          )
        : [statement],
    );
    // What follows a function's last statement is the end of the activation, suspended or not.
    if (nested) replace(scope, (original) => types.blockStatement([resumedAfter(original)]));
  }

  function rewrite(suspension: Suspension, kind: SiteKind): void {
    switch (suspension.at) {
      case 'await': {
        const { node } = suspension;
        node.argument = hook('suspend', node.argument);
        return replace(node, (original) => hook('resume', original));
      }
      case 'yield':
        return rewriteYield(suspension.node, kind);
      case 'return':
        suspension.node.argument = hook('suspend', suspension.node.argument!);
        return;
      case 'loop':
        return rewriteLoop(suspension.node, suspension.labelled);
      case 'handler':
        return rewriteHandler(suspension.node, kind);
      case 'finalizer':
        suspension.node.body.unshift(resuming());
        return;
      case 'disposal':
        return rewriteDisposal(suspension.node, suspension.nested);
    }
  }

  return {
    rewrite(suspensions, kind) {
      used = new Set();
      handle = kind === 'module' ? identifiers.moduleHandle : identifiers.handle;
      names = kind === 'module' ? identifiers : identifiers.local;
      for (const suspension of suspensions) rewrite(suspension, kind);
      return used;
    },
  };
}
