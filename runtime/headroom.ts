// The program's stack may end anywhere, so also between two steps of ours that belong together. Work of several steps asks
// for stack before its first one: where there is too little it is not begun, and is done at a later event.

/** Words that V8 puts on the stack for the question: more than the calls of any such work need together. */
const HEADROOM_WORDS = 1024;
const FILLER = new Array<number>(HEADROOM_WORDS).fill(0);
const none = (): void => {};
/** Taken at load, before anyone wraps it. */
const { apply } = Reflect;

/**
 * Throws the RangeError that the work itself would end with. V8 looks whether all arguments of a call find room before it
 * puts any there, whatever it has compiled; a recursion of our own it would inline. Under 1 µs.
 */
export function ensureHeadroom(): void {
  apply(none, undefined, FILLER);
}
