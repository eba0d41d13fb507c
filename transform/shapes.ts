// The code that goes round a function's body. Each piece is parsed once a file and copied for each function.
//
// Before: function f(a, b) { 'use strict'; A; return B }    Before: (a) => B
// After:  function f(a, b) { 'use strict';                          After:  (a) => {
//   let $k = $s, $h = $k[0] === 0 ? 0 : $e($b + 48);                  let $k = $s, $h = $k[0] === 0 ? 0 : $e($b + 96);
//   try { A; return $k = B } finally { if ($h !== 0) $x($h, $k); }    try { return $k = B } finally { … }
// }                                                                 }
//
// `$k` says how the function ended, see endings.ts; that it is `$s` at first costs no instruction of its own.
//
// Before: async function f(a) { A }
// After:  async function f(a) {
//   let $k = $s, $h = $k[0] === 0 ? null : $a($b + 48, 0);
//   try { A; $k = 0; } finally { if ($h !== null) $f($h, $k); }     and where A suspends, see suspensions.ts
// }
//
// Before: class C { n = B }
// After:  class C { n = (() => { let $k = $s, $h = …; try { return $k = B } finally { if ($h !== 0) $x($h, $k); } })() }
//
// Parameters, directives and the nodes of the body stay what and where they are in the source; what is added has no
// location, so that source maps and stack lines go on pointing at the program.
import type { types as t } from '@babel/core';
import { NOT_ACTIVATED, NOT_ENTERED, SITE_STRIDE, STOPPED, TICK } from '../runtime/contract.ts';
import type { Analysis, Found } from './analyse.ts';
import { arrange } from './declarations.ts';
import { createEndingRewriter, isCaught } from './endings.ts';
import { activationKind } from './kinds.ts';
import type { FieldNode, FunctionNode } from './kinds.ts';
import type { Identifiers, SuspensionHook } from './identifiers.ts';
import { createSuspensionRewriter } from './suspensions.ts';
import type { Syntax } from './syntax.ts';

/**
 * Injects the hooks into the sites of a file, `sites[i]` being site `i`. The module's body is prelude.ts's. Returns which
 * of the hooks were used that not every file needs.
 */
export function instrument(
  syntax: Syntax,
  sites: Analysis['found'],
  identifiers: Identifiers,
): ReadonlySet<SuspensionHook> {
  const { types, parse } = syntax;
  const { state, enter, exit, activate, finish, base, init, handle, moduleHandle, outcome, kept } = identifiers;
  const endings = createEndingRewriter(syntax, identifiers);
  const suspensions = createSuspensionRewriter(syntax, identifiers);
  const used = new Set<SuspensionHook>();
  const around = (site: string): t.Statement[] =>
    parse(`
      let ${outcome} = ${state}, ${handle} = ${outcome}[${TICK}] === ${STOPPED} ? ${NOT_ENTERED} : ${enter}(${site} + 0);
      try {} finally { if (${handle} !== ${NOT_ENTERED}) ${exit}(${handle}, ${outcome}); }`);
  const aroundSuspending = (site: string): t.Statement[] =>
    parse(`
      let ${outcome} = ${state}, ${handle} = ${outcome}[${TICK}] === ${STOPPED} ? ${NOT_ACTIVATED} : ${activate}(${site} + 0, 0);
      try {} finally { if (${handle} !== ${NOT_ACTIVATED}) ${finish}(${handle}, ${outcome}); }`);
  const aroundCaught = (site: string): t.Statement[] =>
    parse(`
      let ${outcome}, ${handle} = ${state}[${TICK}] === ${STOPPED} ? ${NOT_ACTIVATED} : ${activate}(${site} + 0, 0);
      try {} catch (${kept}) { ${outcome} = ${state}; throw ${kept}; }
      finally { if (${handle} !== ${NOT_ACTIVATED}) ${finish}(${handle}, ${outcome}); }`);
  const pieces = new Map<string, t.Statement[]>();

  function pieceFor(site: Found): [t.VariableDeclaration, t.TryStatement] {
    const make = site.shape !== 'suspending' ? around : isCaught(site) ? aroundCaught : aroundSuspending;
    const key = `${make.name} ${site.early}`;
    let piece = pieces.get(key);
    if (!piece) pieces.set(key, (piece = make(site.early ? `(${base} || ${init}())` : base)));
    return copy(piece) as [t.VariableDeclaration, t.TryStatement];
  }

  function wrap(site: Found, index: number, statements: t.Statement[]): t.Statement[] {
    const { before, inside } = arrange(types, statements, site.plan);
    const suspends = site.shape === 'suspending';
    const [entry, attempt] = pieceFor(site);
    const call = (entry.declarations[1].init as t.ConditionalExpression).alternate as t.CallExpression;
    (call.arguments[0] as t.BinaryExpression).right = types.numericLiteral(index * SITE_STRIDE);
    if (suspends) {
      call.arguments[1] = types.numericLiteral(activationKind(site.kind));
      used.add('activate').add('finish');
    }
    attempt.block.body = endings.rewrite(site, inside);
    return [entry, ...before, attempt];
  }

  function wrapExpression(site: Found, index: number, expression: t.Expression): t.BlockStatement {
    return types.blockStatement(wrap(site, index, [endings.returned(site, expression)]));
  }

  sites.forEach((site, index) => {
    suspensions.rewrite(site.suspensions, site.kind, site.shape === 'module' ? moduleHandle : handle);
    switch (site.shape) {
      case 'body':
      case 'suspending': {
        const fn = site.node as FunctionNode;
        if (fn.body.type === 'BlockStatement') fn.body.body = wrap(site, index, fn.body.body);
        else {
          const arrow = fn as t.ArrowFunctionExpression;
          arrow.body = wrapExpression(site, index, arrow.body as t.Expression);
          arrow.expression = false;
        }
        break;
      }
      case 'statements': {
        const block = site.node as t.StaticBlock;
        block.body = wrap(site, index, block.body);
        break;
      }
      case 'initialiser': {
        const field = site.node as FieldNode;
        const arrow = types.arrowFunctionExpression([], wrapExpression(site, index, field.value!));
        field.value = types.callExpression(arrow, []);
        break;
      }
    }
  });
  return new Set([...used, ...suspensions.used]);
}

/** Copies plain data. Babel's own `cloneNode` looks up and checks each field, which shows on a file of many functions. */
function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) result[key] = copy((value as Record<string, unknown>)[key]);
  return result as T;
}
