// Decorators as TypeScript had them before the language did: called with prototype and key once the class is made, those
// of parameters with the parameter's index, those of the class last. Their value replaces class or member.
//
//   @d class C { @e m(@p a) {} @f x = 1 }
//   let C; C = class { m(a) {} x = 1 };
//   decorate([e, param(0, p)], C.prototype, "m", null); decorate([f], C.prototype, "x", void 0); C = decorate([d], C);
import type { NodePath, types as t } from '@babel/core';
import type { Tools } from './index.ts';

const HELPERS = {
  decorate: `function NAME(decorators, target, key, descriptor) {
    const isClass = key === undefined;
    let made = isClass ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : undefined;
    for (const decorator of decorators.reverse()) {
      made = (isClass ? decorator(made) : decorator(target, key, made)) || made;
    }
    if (!isClass && made) Object.defineProperty(target, key, made);
    return made;
  }`,
  param: `function NAME(index, decorator) { return (target, key) => { decorator(target, key, index); }; }`,
};

type CallHelper = (name: keyof typeof HELPERS, args: t.Expression[]) => t.CallExpression;

/** The functions above, put into the file as far as something calls them. */
export function createHelpers({ types, template }: Tools, { scope }: NodePath<t.Program>) {
  const names = new Map<keyof typeof HELPERS, string>();
  const call: CallHelper = (name, args) => {
    if (!names.has(name)) names.set(name, scope.generateUid(name));
    return types.callExpression(types.identifier(names.get(name)!), args);
  };
  function addTo(program: NodePath<t.Program>): void {
    for (const [name, NAME] of names) {
      program.unshiftContainer('body', template.statement(HELPERS[name], { placeholderPattern: /^NAME$/ })({ NAME }));
    }
  }
  return { call, addTo };
}

export interface FoundDecorators {
  /** What the class is called in its surroundings. */
  readonly name: string;
  /** Variables for computed keys. */
  readonly keys: readonly t.VariableDeclarator[];
  readonly calls: readonly t.Expression[];
  /** Whether there are decorators of the class itself, which may give another one. */
  readonly isReplaced: boolean;
}

interface Decorated {
  decorators?: t.Decorator[] | null;
}

/** Takes the decorators off a class; `null` where there are none. */
export function collectDecorators({ types }: Tools, path: NodePath<t.Class>, call: CallHelper): FoundDecorators | null {
  const { node } = path;
  const ofWhole = take(node);
  const ofInstance: t.Expression[] = [];
  const ofClass: t.Expression[] = [];
  const keys: t.VariableDeclarator[] = [];
  const name = node.id?.name ?? path.scope.generateUid('default');

  for (const member of node.body.body) {
    const decorators = take(member as Decorated);
    if ('params' in member) decorators.push(...ofParameters(member.params));
    if (decorators.length === 0) continue;
    if (types.isClassMethod(member, { kind: 'constructor' })) {
      ofWhole.push(...decorators);
      continue;
    }
    const { static: isStatic } = member as t.ClassMethod;
    const whole = types.identifier(name);
    const target = isStatic ? whole : types.memberExpression(whole, types.identifier('prototype'));
    const last = types.isClassProperty(member)
      ? types.unaryExpression('void', types.numericLiteral(0))
      : types.nullLiteral();
    const args = [types.arrayExpression(decorators), target, keyOf(member as t.ClassMethod), last];
    (isStatic ? ofClass : ofInstance).push(call('decorate', args));
  }
  const calls = [...ofInstance, ...ofClass];
  if (ofWhole.length > 0) {
    const decorated = call('decorate', [types.arrayExpression(ofWhole), types.identifier(name)]);
    calls.push(types.assignmentExpression('=', types.identifier(name), decorated));
  }
  if (calls.length === 0) return null;
  if (!types.isClassDeclaration(node)) {
    throw path.buildCodeFrameError('Decorators are for class declarations, not for class expressions');
  }
  return { name, keys, calls, isReplaced: ofWhole.length > 0 };

  function ofParameters(params: readonly t.Node[]): t.Expression[] {
    return params.flatMap((param, index) => {
      const decorators = [
        ...take(param as Decorated),
        ...(types.isTSParameterProperty(param) ? take(param.parameter) : []),
      ];
      return decorators.map((decorator) => call('param', [types.numericLiteral(index), decorator]));
    });
  }

  function keyOf(member: t.ClassMethod): t.Expression {
    const { key, computed } = member;
    if (!computed && types.isIdentifier(key)) return types.stringLiteral(key.name);
    if (types.isLiteral(key)) return types.cloneNode(key);
    // Asked once, when the class is made.
    const kept = path.scope.generateUidIdentifier('key');
    keys.push(types.variableDeclarator(types.cloneNode(kept)));
    member.key = types.assignmentExpression('=', types.cloneNode(kept), key);
    return kept;
  }
}

function take(node: Decorated): t.Expression[] {
  const { decorators } = node;
  node.decorators = null;
  return (decorators ?? []).map((decorator) => decorator.expression);
}

/** Puts the calls behind the class. What in it goes by its name sees what its decorators made of it. */
export function replaceDecorated(
  { types, template }: Tools,
  path: NodePath<t.ClassDeclaration>,
  { name, keys, calls, isReplaced }: FoundDecorators,
): void {
  const { parentPath, node } = path;
  const statements: t.Statement[] = keys.length > 0 ? [types.variableDeclaration('let', [...keys])] : [];
  if (isReplaced) {
    const { superClass, body, loc, start, end } = node;
    if (body.body.some((member) => member.type === 'StaticBlock' || (member as t.ClassMethod).static)) {
      body.body.unshift(types.staticBlock([template.statement.ast(`${name} = this;`) as t.Statement]));
    }
    const made = Object.assign(types.classExpression(null, superClass, body), { loc, start, end });
    statements.push(
      types.variableDeclaration('let', [types.variableDeclarator(types.identifier(name))]),
      types.expressionStatement(types.assignmentExpression('=', types.identifier(name), made)),
    );
  } else {
    node.id ??= types.identifier(name);
    statements.push(node);
  }
  statements.push(...calls.map((call) => types.expressionStatement(call)));
  // Declared anew by what takes its place.
  parentPath.scope.removeBinding(name);
  if (!parentPath.isExportDeclaration()) return void path.replaceWithMultiple(statements);
  const exported = parentPath.isExportDefaultDeclaration() ? 'default' : name;
  const specifier = types.exportSpecifier(types.identifier(name), types.identifier(exported));
  parentPath.replaceWithMultiple([...statements, types.exportNamedDeclaration(null, [specifier])]);
}
