// The code that goes round a function's body.
//
// Before: function f(a, b) { 'use strict'; A; return B }
// After:  function f(a, b) { 'use strict';
//   let $k = typeof $b === "number" && $s, $h = $k[0] ? $e($b + 48) : 0;
//   try { A; return $k = B } finally { if ($h !== 0) $x($h, $k); }
// }
//
// `$k` says how the function ended, see endings.ts; that it is `$s` at first costs no instruction of its own. `$b` has a
// name that only this file has: where the function's text is run elsewhere there is none, so `$k` is false, which has no
// `0`, `$h` is 0, and no other name of ours is looked up. A function that may run before its module's body has (`early`) finds `$b` undefined and asks for it:
//
//   let $k = typeof $b === "number" ? $s : typeof $i === "function" && $i(), …
//
// A small body without functions of its own also stays as it is, for while nothing is recorded: see originals.ts.
//
// Before: function f(a, b) { A; return B }
// After:  function f(a, b) {
//   if (typeof $b !== "number" || !$s[0]) { A; return B }
//   else { let $k = $s, $h = $e($b + 48); try { A; return $k = B } finally { if ($h !== 0) $x($h, $k); } }
// }
//
// Before: async function f(a) { A }
// After:  async function f(a) {
//   let $k = … && $s, $h = $k[0] ? $a($b + 48, 0) : null, $u = typeof $b === "number" ? $U : (_, v) => v;
//   try { A; $k = 0; } finally { if ($h !== null) $f($h, $k); }
// }
//
// Where A suspends it calls `$u` and the like, see suspensions.ts, which are there elsewhere, too.
//
// Before: class C { n = B }
// After:  class C { n = (() => { let $k = …, $h = …; try { return $k = B } finally { if ($h !== 0) $x($h, $k); } })() }
//    or:  class C { n = typeof $b !== "number" || !$s[0] ? B : (() => { … })() }
//
// Parameters, directives and the nodes of the body stay what and where they are in the source; what is added has no
// location, so that source maps and stack lines go on pointing at the program.
import type { types as t } from '@babel/core';
import { NOT_ACTIVATED, NOT_ENTERED, SITE_STRIDE, TICK } from '../runtime/contract.ts';
import type { Analysis, Found } from './analyse.ts';
import { arrange } from './declarations.ts';
import { canTurnToThrowing, createEndingRewriter, isCaught } from './endings.ts';
import { activationKind } from './kinds.ts';
import type { FieldNode, FunctionNode } from './kinds.ts';
import type { Identifiers, PassingHook, SuspensionHook } from './identifiers.ts';
import type { Originals } from './options.ts';
import { duplicate, keepsOriginal } from './originals.ts';
import { createSuspensionRewriter } from './suspensions.ts';
import { copy } from './syntax.ts';
import type { Syntax } from './syntax.ts';

/**
 * Injects the hooks into the sites of a file, `sites[i]` being site `i`. The module's body is prelude.ts's. Returns which
 * of the hooks were used that not every file needs.
 */
export function instrument(
  syntax: Syntax,
  sites: Analysis['found'],
  identifiers: Identifiers,
  originals: Originals,
): ReadonlySet<SuspensionHook> {
  const { types, parse } = syntax;
  const endings = createEndingRewriter(syntax, identifiers);
  const suspensions = createSuspensionRewriter(syntax, identifiers);
  const used = new Set<SuspensionHook>();
  const pieces = new Map<string, t.Statement[]>();

  /**
   * Entry and `try` of a kind of site; the identifiers in it are keys of {@link Identifiers}. `recording`: it only runs when
   * something is recorded.
   */
  function codeFor(site: Found, recording: boolean): string {
    const known = recording
      ? 'state'
      : site.early
        ? 'typeof base === "number" ? state : typeof init === "function" && init()'
        : 'typeof base === "number" && state';
    const caught = isCaught(site);
    const [outcome, value] = canTurnToThrowing(site)
      ? [`thrown = ${known}, ${caught ? 'outcome' : 'outcome = thrown'}`, 'thrown']
      : [`outcome = ${known}`, 'outcome'];
    const [begin, end, none] =
      site.shape === 'suspending'
        ? [`activate(base + 0, ${activationKind(site.kind)})`, 'finish', NOT_ACTIVATED]
        : ['enter(base + 0)', 'exit', NOT_ENTERED];
    return `let ${outcome}, handle = ${recording ? begin : `${value}[${TICK}] ? ${begin} : ${none}`};
      try {} ${caught ? 'catch (kept) { outcome = thrown; throw kept; }' : ''}
      finally { if (handle !== ${none}) ${end}(handle, outcome); }`;
  }

  /** Whether nothing is recorded. */
  function stoppedTest(site: Found): t.Expression {
    const code = site.early
      ? `typeof base === "number" ? !state[${TICK}] : typeof init !== "function" || !init()[${TICK}]`
      : `typeof base !== "number" || !state[${TICK}]`;
    const [statement] = pieceFor(code) as [t.ExpressionStatement];
    return statement.expression;
  }

  function pieceFor(code: string): t.Statement[] {
    let piece = pieces.get(code);
    if (!piece) pieces.set(code, (piece = parse(code, { ...identifiers })));
    return copy(piece);
  }

  /** A hook under the function's own name: where the text is run elsewhere, one that passes on what it is given. */
  function declareHook(hook: PassingHook, recording: boolean): t.VariableDeclarator {
    const [declaration] = pieceFor(
      recording
        ? `let ${hook}_ = ${hook};`
        : `let ${hook}_ = typeof base === "number" ? ${hook} : (_, value) => value;`,
    );
    const declarator = (declaration as t.VariableDeclaration).declarations[0];
    return Object.assign(declarator, { id: types.identifier(identifiers.local[hook]) });
  }

  function wrap(
    site: Found,
    index: number,
    statements: t.Statement[],
    called: Iterable<PassingHook>,
    recording = false,
  ): t.Statement[] {
    const { before, inside } = arrange(types, statements, site.plan);
    const [entry, attempt] = pieceFor(codeFor(site, recording)) as [t.VariableDeclaration, t.TryStatement];
    const handle = entry.declarations.at(-1)!.init as t.CallExpression | t.ConditionalExpression;
    const call = handle.type === 'CallExpression' ? handle : (handle.consequent as t.CallExpression);
    (call.arguments[0] as t.BinaryExpression).right = types.numericLiteral(index * SITE_STRIDE);
    if (site.shape === 'suspending') {
      used.add('activate').add('finish');
      for (const hook of called) entry.declarations.push(declareHook(hook, recording));
    }
    attempt.block.body = endings.rewrite(site, inside);
    return [entry, ...before, attempt];
  }

  function returned(site: Found, expression: t.Expression): t.ReturnStatement {
    const statement = types.returnStatement(expression);
    site.returns.push(statement);
    return statement;
  }

  sites.forEach((site, index) => {
    const original = keepsOriginal(site, originals) ? duplicate(bodyOf(site)) : null;
    const called = suspensions.rewrite(site.suspensions, site.kind);
    for (const hook of called) used.add(hook);
    const body = bodyOf(site);
    const wrapped = (recording = false) =>
      wrap(site, index, Array.isArray(body) ? body : [returned(site, body)], called, recording);
    switch (site.shape) {
      case 'body':
      case 'suspending': {
        const fn = site.node as FunctionNode;
        const statements =
          original === null
            ? wrapped()
            : [types.ifStatement(stoppedTest(site), blockOf(original), types.blockStatement(wrapped(true)))];
        if (fn.body.type === 'BlockStatement') fn.body.body = statements;
        else
          Object.assign(fn as t.ArrowFunctionExpression, { body: types.blockStatement(statements), expression: false });
        break;
      }
      case 'statements':
        (site.node as t.StaticBlock).body = wrapped();
        break;
      case 'initialiser': {
        const arrow = types.arrowFunctionExpression([], types.blockStatement(wrapped(original !== null)));
        const instrumented = types.callExpression(arrow, []);
        (site.node as FieldNode).value =
          original === null
            ? instrumented
            : types.conditionalExpression(stoppedTest(site), original as t.Expression, instrumented);
        break;
      }
    }
  });
  return used;

  function blockOf(body: Body): t.BlockStatement {
    return types.blockStatement(Array.isArray(body) ? body : [types.returnStatement(body)]);
  }
}

/** What runs when the site does: statements, or an expression whose value it gives. */
type Body = t.Statement[] | t.Expression;

function bodyOf({ node, shape }: Found): Body {
  if (shape === 'initialiser') return (node as FieldNode).value!;
  const { body } = node as FunctionNode | t.StaticBlock | t.Program;
  return !Array.isArray(body) && body.type === 'BlockStatement' ? body.body : body;
}
