// Function declarations directly in a body that moves into a `try` block. There they would become block-scoped: two of
// one name a SyntaxError, a parameter of the same name no longer overwritten, sloppy mode's own rules on top.
//
// Before: { let n = 0; function g() {} S }           Before: { let n = 0; function g() { n++ } S }
// After:  { function g() {} try { let n = 0; S } … } After:  { try { var g = function () { n++ }; let n = 0; S } … }
//
// The left form keeps all that a declaration is, but cannot see the `let`, `const`, `class` or `using` of the body. The
// right form can. Its functions are anonymous: they get their name from the variable, and have no inner binding.
import type { types as t } from '@babel/core';

type Types = typeof t;

export interface BodyPlan {
  /** The statements that are declarations of functions, in order. */
  readonly declarations: ReadonlySet<t.Node>;
  /** What `let`, `const`, `class`, `enum` and `using` bind directly in the body. */
  readonly lexicalNames: readonly string[];
  /** `arguments` and labelled declarations mean something else as a `var`. */
  readonly canBeVars: boolean;
  /** Whether a declaration names a lexical name; known when the body has been walked. */
  captures: boolean;
  /** Whether the walk is inside one of the declarations. */
  inside: boolean;
}

/** `null` if the body declares no functions. */
export function planBody(types: Types, statements: readonly t.Statement[]): BodyPlan | null {
  const declarations = statements.filter((statement) => declared(statement) !== undefined);
  if (declarations.length === 0) return null;
  const lexicalNames: string[] = [];
  for (const statement of statements) {
    if (
      (statement.type === 'VariableDeclaration' && statement.kind !== 'var') ||
      statement.type === 'ClassDeclaration'
    ) {
      lexicalNames.push(...Object.keys(types.getBindingIdentifiers(statement)));
    } else if (statement.type === 'TSEnumDeclaration') lexicalNames.push(statement.id.name);
  }
  const canBeVars = declarations.every((each) => each.type === 'FunctionDeclaration' && each.id?.name !== 'arguments');
  return { declarations: new Set(declarations), lexicalNames, canBeVars, captures: false, inside: false };
}

/** The function that a statement of a body declares, also behind labels. */
function declared(statement: t.Statement): t.FunctionDeclaration | undefined {
  while (statement.type === 'LabeledStatement') statement = statement.body;
  return statement.type === 'FunctionDeclaration' ? statement : undefined;
}

/**
 * Finds `captures` during the walk, in O(1) a name: for each name, the innermost body that binds it lexically. Bindings
 * in between (parameters, blocks) are not looked at: such a name counts as captured, and the other form is right too.
 */
export function createCaptureWatch() {
  const bodies = new Map<string, BodyPlan[]>();
  const open: BodyPlan[] = [];
  return {
    enter(plan: BodyPlan): void {
      open.push(plan);
      for (const name of plan.lexicalNames) {
        const stack = bodies.get(name);
        if (stack) stack.push(plan);
        else bodies.set(name, [plan]);
      }
    },
    leave(plan: BodyPlan): void {
      open.pop();
      for (const name of plan.lexicalNames) bodies.get(name)!.pop();
    },
    reference(name: string): void {
      const stack = bodies.get(name);
      if (!stack || stack.length === 0) return;
      const plan = stack[stack.length - 1];
      if (plan.inside) plan.captures = true;
    },
    /** A direct `eval`, which may name anything. */
    evaluates(): void {
      for (const plan of open) if (plan.inside && plan.lexicalNames.length > 0) plan.captures = true;
    },
  };
}

/** What comes before the `try` and what into it. */
export function arrange(
  types: Types,
  statements: t.Statement[],
  plan: BodyPlan | null,
): { before: t.Statement[]; inside: t.Statement[] } {
  if (!plan) return { before: [], inside: statements };
  const rest = statements.filter((statement) => !plan.declarations.has(statement));
  const declarations = statements.filter((statement) => plan.declarations.has(statement));
  if (!plan.captures) return { before: declarations, inside: rest };
  return { before: [], inside: [...declarations.map((each) => asVar(types, each as t.FunctionDeclaration)), ...rest] };
}

function asVar(types: Types, declaration: t.FunctionDeclaration): t.VariableDeclaration {
  const { leadingComments, trailingComments, ...fields } = declaration;
  // The same body node: the hooks of the function itself go into it.
  const expression = { ...fields, type: 'FunctionExpression', id: null } as unknown as t.FunctionExpression;
  const statement = types.variableDeclaration('var', [types.variableDeclarator(declaration.id!, expression)]);
  return Object.assign(statement, { leadingComments, trailingComments });
}
