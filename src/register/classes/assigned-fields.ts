// Fields that are assigned, not defined: what a setter of a base class or a decorator put on the prototype sees.
//
//   class C { x = f(); y; static z = g(); }
//   class C { #field = void (this.x = f()); static { this.z = g(); } }
//
// After parameter properties, which come first:
//   class C { x = this.a; constructor(private a) {} }
//   class C { #field() { this.x = this.a; } constructor(a) { this.a = a; this.#field(); } }
import type { NodePath, types as t } from '@babel/core';
import type { Tools } from './index.ts';

/** Where fields are defined, parameter properties are fields too, before all others. */
export function declareProperties({ types }: Tools, { node }: NodePath<t.Class>): void {
  const constructor = node.body.body.find((member) => types.isClassMethod(member, { kind: 'constructor' }));
  if (!types.isClassMethod(constructor)) return;
  const fields = constructor.params.filter((param) => types.isTSParameterProperty(param)).map(nameOfProperty);
  node.body.body.unshift(...fields.map((name) => types.classProperty(types.identifier(name))));
}

function nameOfProperty({ parameter }: t.TSParameterProperty): string {
  return parameter.type === 'AssignmentPattern' ? (parameter.left as t.Identifier).name : parameter.name;
}

export function assignFields({ types, template }: Tools, path: NodePath<t.Class>): void {
  const { body } = path.node.body;
  const late = afterProperties();
  const members: t.ClassBody['body'] = [];
  for (const member of body) {
    if (late !== null && types.isClassPrivateProperty(member) && !member.static && member.value) {
      late.push(assignment(types.cloneNode(member.key), false, member.value));
      members.push({ ...member, value: null });
    } else if (!isAssigned(member)) members.push(member);
    else if (!member.value)
      continue; // a type and no more
    else {
      const { key, computed, value } = member;
      const assigned = assignment(key as t.Expression, computed || !types.isIdentifier(key), value);
      if (member.static) members.push(types.staticBlock([assigned]));
      else if (late !== null) late.push(assigned);
      else members.push(types.classPrivateProperty(privateName(), types.unaryExpression('void', assigned.expression)));
    }
  }
  path.node.body.body = members;

  /** A computed key is asked once, when the class is made: such a field stays as it is. */
  function isAssigned(member: t.Node): member is t.ClassProperty {
    return (
      member.type === 'ClassProperty' &&
      !member.declare &&
      !member.abstract &&
      (!member.computed || types.isLiteral(member.key))
    );
  }

  function assignment(
    key: t.Expression | t.PrivateName,
    computed: boolean,
    value: t.Expression,
  ): t.ExpressionStatement {
    const target = types.memberExpression(types.thisExpression(), key, computed);
    return types.expressionStatement(types.assignmentExpression('=', target, value));
  }

  function privateName(): t.PrivateName {
    return types.privateName(types.identifier(path.scope.generateUid('field')));
  }

  /** Makes the parameter properties and gives the list of what runs after them; `null` where there are none. */
  function afterProperties(): t.Statement[] | null {
    const constructor = body.find((member) => types.isClassMethod(member, { kind: 'constructor' }));
    if (!types.isClassMethod(constructor)) return null;
    if (!constructor.params.some((param) => types.isTSParameterProperty(param))) return null;
    const inside = constructor.body.body;
    const at = path.node.superClass ? inside.findIndex(isSuperCall) + 1 : 0;
    if (path.node.superClass && at === 0) return null;
    const statements: t.Statement[] = [];
    constructor.params = constructor.params.map((param) => {
      if (!types.isTSParameterProperty(param)) return param;
      const name = nameOfProperty(param);
      statements.push(template.statement.ast(`this.${name} = ${name};`) as t.Statement);
      return param.parameter;
    });
    const later: t.Statement[] = [];
    const name = privateName();
    body.unshift(types.classPrivateMethod('method', name, [], types.blockStatement(later)));
    const method = types.memberExpression(types.thisExpression(), types.cloneNode(name));
    inside.splice(at, 0, ...statements, types.expressionStatement(types.callExpression(method, [])));
    return later;
  }
}

function isSuperCall(node: t.Statement): boolean {
  return (
    node.type === 'ExpressionStatement' &&
    node.expression.type === 'CallExpression' &&
    node.expression.callee.type === 'Super'
  );
}
