// One walk over a parsed file: finds the sites and why some are left alone. Changes nothing. Plain recursion over the
// node types' own keys, without Babel's paths and scopes: linear, and a small part of what parsing costs.
import type { types as t } from '@babel/core';
import type { SiteKind } from '../runtime/contract.ts';
import { createCaptureWatch, planBody } from './declarations.ts';
import type { BodyPlan } from './declarations.ts';
import type { Endings } from './endings.ts';
import { isTrivial, policyOf } from './kinds.ts';
import type { FieldNode, FunctionNode, Policy, Shape } from './kinds.ts';
import { isCovered, type Covered } from './parentheses.ts';
import { ANONYMOUS, hintFor, isNameMark, join, keyName, modifiersOf, MODULE, STATIC_BLOCK } from './names.ts';
import { calledName, isDirectEval } from './calls.ts';
import type { NamedCall } from './calls.ts';
import { isIgnored, isPrelude } from './marks.ts';
import { textsIn } from './texts.ts';
import { bindsWhatItNames, isAwaitUsing } from './suspensions.ts';
import type { Suspension } from './suspensions.ts';

/** Why a function is left as it was; documented for users, so never reworded lightly. */
export type LeftReason =
  | 'ignored' // marked by a comment
  | 'eval' // a direct eval in it can bind and see names
  | 'with' // every name in it may be a property of the program's object
  | 'asm' // asm.js code is compiled only in its own narrow form
  | 'declarations' // functions it declares would come to mean something else
  | 'head' // what a loop of it goes over names what the loop binds, which is not bound yet
  | 'text' // it stands where its text is wanted, as a key
  | 'top-level return';

/** A function in the source, in the order of the source. */
export interface Found extends Endings {
  readonly node: t.Node;
  readonly name: string;
  readonly kind: SiteKind;
  readonly shape: Shape;
  /** May run before the module's body has, as function declarations in an import cycle do. */
  readonly early: boolean;
  reason: LeftReason | undefined;
  plan: BodyPlan | null;
  /** Where it suspends, in the order of the source, outer ones behind inner ones. */
  readonly suspensions: Suspension[];
  /** The calls in its own body that name what they call, in the order of the walk. */
  readonly calls: NamedCall[];
  /** How many nodes it is of, functions in it left out. */
  nodes: number;
  /**
   * Whether its body means the same where it stands twice. Functions, classes and tagged templates are objects of their place,
   * and tools look for `import()`, `import.meta` and `require` to find files.
   */
  isRepeatable: boolean;
}

export interface Analysis {
  /** The module's body first. Functions that a compiler made, without a place in the source, are not among them. */
  readonly found: readonly Found[];
  /** Every name that occurs as an identifier. */
  readonly names: ReadonlySet<string>;
  /** What the top level binds by itself. */
  readonly topLevelNames: ReadonlySet<string>;
  /** Names in parentheses that give no name to the function that is assigned to them: `(a) = () => {}`. */
  readonly covered: readonly Covered[];
  /** Whether this is already our output. */
  readonly isInstrumented: boolean;
}

/** What holds for the nodes inside a function. Changed and put back on the way. */
interface Surroundings {
  /** Path that names are prefixed with. */
  path: string;
  /** Path of the innermost class whose members are being walked. */
  classPath: string;
  /** The function, `null` at the top level. */
  owner: Found | null;
  early: boolean;
  /** Why everything in here is left alone. */
  reason: 'ignored' | 'with' | 'asm' | 'text' | undefined;
  /** The outermost of the labels that stand right before the node. */
  labelled: t.LabeledStatement | null;
}

/** `hoistsBeforeBody`: top-level function declarations can run before the module's first statement. */
export function analyse(types: typeof t, program: t.Program, hoistsBeforeBody: boolean): Analysis {
  const keysOf: Record<string, readonly string[]> = types.VISITOR_KEYS;
  const names = new Set<string>();
  const topLevelNames = new Set<string>();
  const module: Found = {
    node: program,
    name: MODULE,
    kind: 'module',
    shape: 'module',
    early: false,
    reason: undefined,
    plan: null,
    suspensions: [],
    calls: [],
    nodes: 0,
    isRepeatable: false,
    returns: [],
    finalizers: [],
  };
  const found = [module];
  const watch = createCaptureWatch();
  const texts = new Set<t.Node>();
  const covered: Covered[] = [];
  let here: Surroundings = { path: '', classPath: '', owner: null, early: false, reason: undefined, labelled: null };
  let isInstrumented = false;

  function inside(changes: Partial<Surroundings>, walk: () => void): void {
    const before = here;
    here = { ...before, ...changes };
    walk();
    here = before;
  }

  function visit(node: t.Node, hint: string): void {
    if (here.reason === undefined) {
      const reason = isIgnored(node) ? 'ignored' : texts.has(node) ? 'text' : undefined;
      if (reason) return inside({ reason }, () => visitNode(node, hint));
    }
    visitNode(node, hint);
  }

  function visitNode(node: t.Node, hint: string): void {
    const { labelled } = here;
    here.labelled = null;
    if (here.owner) here.owner.nodes++;
    for (const text of textsIn(node)) texts.add(text);
    const policy = isNameMark(node) ? undefined : policyOf(node);
    if (policy)
      return policy.shape === 'initialiser' ? visitField(node as FieldNode, policy) : visitFunction(node, policy, hint);
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        names.add(node.name);
        watch.reference(node.name);
        if (node.name === 'require') standsOnce();
        break;
      case 'Import':
      case 'ImportExpression':
      case 'TSEnumDeclaration':
        standsOnce();
        break;
      case 'MetaProperty':
        if (node.meta.name === 'import') standsOnce();
        return;
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        visit(node.object, '');
        if (node.computed || node.property.type !== 'Identifier') visit(node.property, '');
        return;
      case 'ObjectProperty':
        if (node.computed) visit(node.key, '');
        visit(node.value, hintFor(node, 'value', hint));
        return;
      case 'CallExpression':
        if (isDirectEval(node)) {
          if (here.owner) here.owner.reason ??= 'eval';
          watch.evaluates();
        }
        if (isPrelude(node)) isInstrumented = true;
        calls(node.callee);
        break;
      case 'OptionalCallExpression':
      case 'NewExpression':
        calls(node.callee);
        break;
      case 'TaggedTemplateExpression':
        standsOnce();
        calls(node.tag);
        break;
      case 'WithStatement':
        visit(node.object, '');
        return inside({ reason: here.reason ?? 'with' }, () => visit(node.body, ''));
      case 'ClassDeclaration':
      case 'ClassExpression':
        return visitClass(node, hint);
      case 'VariableDeclaration':
        if (here.owner === null) bindAtTop(node);
        break;
      case 'ImportDeclaration':
        bindAtTop(node);
        break;
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        if (isCovered(node)) covered.push(node);
        break;
      case 'AwaitExpression':
        visitChildren(node, keysOf[node.type], hint);
        return suspends({ at: 'await', node });
      case 'YieldExpression':
        visitChildren(node, keysOf[node.type], hint);
        return suspends({ at: 'yield', node });
      case 'ReturnStatement':
        visitChildren(node, keysOf[node.type], hint);
        here.owner?.returns.push(node);
        // Its mark would be looked up in the program's object.
        if (here.reason === 'with' && here.owner) here.owner.reason ??= 'with';
        if (here.owner === null) module.reason ??= 'top-level return';
        else if (here.owner.kind === 'async-generator' && node.argument) suspends({ at: 'return', node });
        return;
      case 'LabeledStatement':
        visit(node.label, '');
        here.labelled = labelled ?? node;
        return visit(node.body, '');
      case 'ForOfStatement':
        return visitForOf(node, labelled ?? node);
      case 'TryStatement':
        return visitTry(node);
      case 'BlockStatement':
        visitChildren(node, keysOf[node.type], hint);
        return disposes(node, true);
    }
    visitChildren(node, keysOf[node.type], hint);
  }

  function calls(callee: t.Node): void {
    const call = calledName(callee);
    if (call !== null) (here.owner ?? module).calls.push(call);
  }

  /** Notes it down for the function that the walk is in. */
  function suspends(suspension: Suspension): void {
    const site = here.owner ?? module;
    site.suspensions.push(suspension);
    if (here.reason === 'with') site.reason ??= 'with';
  }

  /** Runs the walk of a part and tells whether the function that the walk is in suspends there. */
  function hasSuspensions(walk: () => void): boolean {
    const { suspensions } = here.owner ?? module;
    const before = suspensions.length;
    walk();
    return suspensions.length > before;
  }

  function visitForOf(node: t.ForOfStatement, labelled: t.Statement): void {
    visit(node.right, '');
    const inside = hasSuspensions(() => visitChildren(node, ['left', 'body'], ''));
    if (!node.await && !inside && !isAwaitUsing(node.left)) return;
    if (bindsWhatItNames(types, node)) (here.owner ?? module).reason ??= 'head';
    suspends({ at: 'loop', node, labelled });
  }

  function visitTry({ block, handler, finalizer }: t.TryStatement): void {
    const site = here.owner ?? module;
    const returnsBefore = site.returns.length;
    let suspended = hasSuspensions(() => visit(block, ''));
    if (handler) {
      const inHandler = hasSuspensions(() => visit(handler, ''));
      if (suspended) suspends({ at: 'handler', node: handler });
      suspended ||= inHandler;
    }
    if (!finalizer) return;
    const canBeLeft = site.returns.length > returnsBefore || (suspended && site.kind === 'generator');
    if (canBeLeft) site.finalizers.push(finalizer);
    visit(finalizer, '');
    if (suspended) suspends({ at: 'finalizer', node: finalizer });
  }

  function disposes(node: t.BlockStatement, nested: boolean): void {
    if (node.body.some(isAwaitUsing)) suspends({ at: 'disposal', node, nested });
  }

  function visitChildren(node: t.Node, keys: readonly string[] | undefined, hint: string): void {
    if (!keys) return;
    for (const key of keys) {
      const child = (node as unknown as Record<string, t.Node | (t.Node | null)[] | null | undefined>)[key];
      if (!child) continue;
      const childHint = hintFor(node, key, hint);
      if (!Array.isArray(child)) visit(child, childHint);
      else for (const each of child) if (each) visit(each, childHint);
    }
  }

  function bindAtTop(node: t.Node): void {
    for (const name of Object.keys(types.getBindingIdentifiers(node, false, true))) topLevelNames.add(name);
  }

  /** What is being visited is bound to its place, and so is the body it is in. */
  function standsOnce(): void {
    if (here.owner) here.owner.isRepeatable = false;
  }

  function visitClass(node: t.Class, hint: string): void {
    standsOnce();
    if (node.type === 'ClassDeclaration' && here.owner === null) bindAtTop(node);
    const classPath = join(here.path, node.id?.name ?? (hint || ANONYMOUS));
    const keys = keysOf[node.type].filter((key) => key !== 'body');
    visitChildren(node, keys, '');
    inside({ classPath }, () => visit(node.body, ''));
  }

  function find(node: t.Node, path: string, policy: Policy): Found {
    const name = modifiersOf(node) + path;
    const site: Found = {
      node,
      name,
      ...policy,
      early: here.early,
      reason: here.reason,
      plan: null,
      suspensions: [],
      calls: [],
      nodes: 0,
      isRepeatable: true,
      returns: [],
      finalizers: [],
    };
    if (node.loc) found.push(site);
    return site;
  }

  function visitField(node: FieldNode, policy: Policy): void {
    visitChildren(node, ['decorators', 'typeAnnotation', 'variance'], '');
    const computed = node.type !== 'ClassPrivateProperty' && node.computed;
    if (computed) visit(node.key, '');
    if (!node.value) return;
    const { value } = node;
    const key = keyName(node.key, computed);
    if (isTrivial(value)) return inside({ path: here.classPath }, () => visit(value, key));
    const path = join(here.classPath, key);
    const owner = find(node, path, policy);
    inside({ path, owner }, () => visit(value, ''));
  }

  function visitFunction(node: t.Node, policy: Policy, hint: string): void {
    const isStaticBlock = node.type === 'StaticBlock';
    const fn = node as FunctionNode & { id?: t.Identifier | null; key?: t.Expression; computed?: boolean };
    const isMember = isStaticBlock || node.type === 'ClassMethod' || node.type === 'ClassPrivateMethod';
    const key = fn.key && keyName(fn.key, fn.computed);
    const last = isStaticBlock
      ? STATIC_BLOCK
      : key === undefined
        ? (fn.id?.name ?? (hint || ANONYMOUS))
        : isMember
          ? key
          : join(hint, key);
    const early = here.early || (hoistsBeforeBody && node.type === 'FunctionDeclaration' && atTop.has(node));
    standsOnce();
    visitChildren(node, ['decorators'], '');
    if (fn.key && (fn.computed || fn.key.type !== 'Identifier')) visit(fn.key, '');
    if (fn.id) visit(fn.id, '');
    if (node.type === 'FunctionDeclaration' && here.owner === null) bindAtTop(node);
    inside({ early }, () => {
      // A function that a compiler made is in no source: what lies in it is named as if it were not there.
      const path = node.loc ? join(isMember ? here.classPath : here.path, last) : here.path;
      const owner = find(node, path, policy);
      inside({ path, owner }, () => visitBody(node, fn, owner));
    });
  }

  function visitBody(node: t.Node, fn: FunctionNode, site: Found): void {
    const body = node.type === 'StaticBlock' ? node : fn.body;
    if ('directives' in body && body.directives.some(({ value }) => value.value === 'use asm')) {
      here.reason ??= 'asm';
      site.reason ??= 'asm';
    }
    if (body !== node) visitChildren(node, ['typeParameters', 'params', 'returnType', 'predicate'], '');
    if (body.type !== 'BlockStatement' && body.type !== 'StaticBlock') return visit(body, '');
    const plan = site.reason === undefined ? planBody(types, body.body) : null;
    if (!plan) visitChildren(body, ['body'], '');
    else visitPlanned(plan, body, site);
    if (body.type === 'BlockStatement') disposes(body, false);
  }

  function visitPlanned(plan: BodyPlan, body: t.BlockStatement | t.StaticBlock, site: Found): void {
    watch.enter(plan);
    for (const statement of body.body) {
      plan.inside = plan.declarations.has(statement);
      visit(statement, '');
    }
    watch.leave(plan);
    if (plan.captures && !plan.canBeVars) site.reason ??= 'declarations';
    site.plan = plan;
  }

  const atTop = new Set<t.Node>(
    program.body.map((statement) =>
      (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') &&
      statement.declaration
        ? statement.declaration
        : statement,
    ),
  );
  visitChildren(program, ['body'], '');
  return { found, names, topLevelNames, covered, isInstrumented };
}
