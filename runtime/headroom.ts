// The program's stack may end anywhere, so also between two steps of ours that belong together. Work of several steps asks
// for stack before its first one: where there is too little it is not begun, and is done at a later event.

import { apply } from './primordials.ts';

/** Words that V8 puts on the stack for the question: more than the calls of such work need together. */
const WORK_WORDS = 1024;
/** The same for work that is done so seldom that V8 may have to compile it first, which takes stack, too. */
const SELDOM_WORDS = 8192;
const WORK = new Array<number>(WORK_WORDS).fill(0);
const SELDOM = new Array<number>(SELDOM_WORDS).fill(0);
const none = (): void => {};

/**
 * Throws the RangeError that the work itself would end with. V8 looks whether all arguments of a call find room before it
 * puts any there, whatever it has compiled; a recursion of our own it would inline. Some 1 µs.
 */
export function ensureHeadroom(): void {
  apply(none, undefined, WORK);
}

/** For what starts, stops and clears have a thread do. Some 4 µs. */
export function ensureSeldomHeadroom(): void {
  apply(none, undefined, SELDOM);
}
