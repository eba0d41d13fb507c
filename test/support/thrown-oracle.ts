// Which functions of a program end by throwing, found naively: every body in a `catch` that says so on `out` and throws
// again. Shares nothing with transform/endings.ts. Where it changes what the program does (hoisting, mostly), it tells
// nothing: compare the rest of `out`.
import { transformSync } from '@babel/core';
import type { NodePath, types as t } from '@babel/core';
import { startOf } from '../../transform/positions.ts';

const MARK = 'thrown by ';

/** The program with its functions wrapped. */
export function wrapped(code: string, sourceType: 'module' | 'script'): string {
  const wrap = (path: NodePath<t.Function | t.StaticBlock>): void => {
    const { node } = path;
    if (!node.loc) return;
    const { line, column } = startOf(node, code);
    if (node.type === 'StaticBlock') node.body = [attempt(node.body, line, column)];
    else if (node.body.type === 'BlockStatement') node.body.body = [attempt(node.body.body, line, column)];
    else {
      const value = { type: 'ReturnStatement', argument: node.body } as t.ReturnStatement;
      node.body = { type: 'BlockStatement', directives: [], body: [attempt([value], line, column)] };
      if (node.type === 'ArrowFunctionExpression') node.expression = false;
    }
  };
  const attempt = (body: t.Statement[], line: number, column: number): t.TryStatement => {
    const text = `${MARK}${line}:${column}`;
    return {
      type: 'TryStatement',
      block: { type: 'BlockStatement', directives: [], body },
      handler: handler(text),
      finalizer: null,
    };
  };
  const handler = (text: string): t.CatchClause => {
    const source = `try {} catch (error) { out.push(${JSON.stringify(text)} + ' ' + error?.message); throw error; }`;
    const { ast } = transformSync(source, { configFile: false, babelrc: false, ast: true, code: false })!;
    return (ast!.program.body[0] as t.TryStatement).handler!;
  };
  const plugin = { visitor: { Function: { exit: wrap }, StaticBlock: { exit: wrap } } };
  return transformSync(code, { configFile: false, babelrc: false, sourceType, plugins: [plugin] })!.code!;
}

export interface Thrown {
  /** `out` without what was added. */
  readonly out: readonly unknown[];
  /** How often each function ended by throwing, by `line:column`, and with what messages. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

export function thrownIn(out: readonly unknown[]): Thrown {
  const errors = new Map<string, string[]>();
  const rest = out.filter((line) => {
    if (typeof line !== 'string' || !line.startsWith(MARK)) return true;
    const [place, ...message] = line.slice(MARK.length).split(' ');
    errors.set(place, [...(errors.get(place) ?? []), message.join(' ')]);
    return false;
  });
  return { out: rest, errors };
}
