// What a file says to us: comments that keep code untouched, and the trace that an earlier run of ours leaves.
import type { types as t } from '@babel/core';
import type { SiteTable } from '../runtime/contract.ts';

const IGNORE = /^\s*everycall-ignore(?![\w-])/;
const IGNORE_FILE = /^\s*everycall-ignore-file(?![\w-])/;

/** Whether the node and all in it stay untouched: an `everycall-ignore` comment stands right before it. */
export function isIgnored({ leadingComments }: t.Node): boolean {
  return !!leadingComments && leadingComments.some(({ value }) => IGNORE.test(value));
}

/** A blank, a comment or a `#!` line. */
const TRIVIA = /\s+|#!.*|\/\/(.*)|\/\*([^]*?)\*\//y;

/** Whether an `everycall-ignore-file` comment stands before the first statement. Ask before others change the tree. */
export function isFileIgnored({ program }: t.File, code: string): boolean {
  if (code === '') {
    const first = program.directives[0] ?? program.body[0] ?? program;
    const comments = [...(first.leadingComments ?? []), ...(first.innerComments ?? [])];
    return comments.some(({ value }) => IGNORE_FILE.test(value));
  }
  TRIVIA.lastIndex = 0;
  for (let piece = TRIVIA.exec(code); piece; piece = TRIVIA.exec(code)) {
    if (IGNORE_FILE.test(piece[1] ?? piece[2] ?? '')) return true;
  }
  return false;
}

/** Whether this is the call that registers a file's sites: what is in it survives bundling and minifying. */
export function isPrelude({ arguments: args }: t.CallExpression): boolean {
  if (args.length !== 4) return false;
  const table = args[3];
  return table.type === 'StringLiteral' && table.value.startsWith(TABLE_START) && table.value.includes('],"left":[');
}

const TABLE_START = '{"sites":[';

/** The table as it is written into the file; {@link isPrelude} knows it by its form. */
export function tableText({ sites, left, ...rest }: SiteTable): string {
  return JSON.stringify({ sites, left, ...rest });
}
