// The tag in force on a thread, and a function's row under it.
//
// A tag is read (from the async context) where a stack begins: at an event whose caller is the root. Callees inherit it,
// activations keep theirs. Once a thread has used a tag, such events must take the slow path, as must all events under a
// tag, whose function row has to be found: `seen` is then NEVER_SEEN. Calls without a tag stay on the fast path.
//
// The slow path must also see the bottom frame end. It does, because that frame's handle is made odd: no handle that the
// fast path of `exit` takes. A bottom frame from before the first tag has none; until it ends no event is fast.
import type { Arena } from './arena.ts';
import {
  CONTROL,
  EDGE,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NEVER_SEEN,
  NO_TAG,
  REGIME_SAMPLED,
  SLAB,
  SLAB_TAGGED,
  TAGGED_FUNCTION,
} from './layout.ts';
import { initFunction } from './figures.ts';
import { rowOf } from './table.ts';
import { tagIdOf } from './tags.ts';

export interface Tagging {
  /** Takes over the tag of the async context, where a stack begins. */
  begin(): void;
  /** Back at the root: no tag is in force. */
  end(): void;
  /** Puts another tag in force and returns the one before. `atBase`: for a bottom frame whose end will be seen. */
  replace(tag: number, atBase?: boolean): number;
  /** As `replace`, by name, from the program's own call; from the first time on this thread uses tags. */
  use(name: string): number;
  /** From now on this thread uses tags; the one in force stays. */
  follow(): void;
  /** The function's row under the tag in force; the function itself without one, or when there is no room. */
  rowOf(fn: number): number;
  /** Lets the next event take the fast path if it may. In the sampled regime only. */
  arm(): void;
}

export function createTagging(
  arena: Arena,
  slab: number,
  owner: number,
  contextTag: () => string | undefined,
): Tagging {
  const { I, F } = arena;
  const TAGGING = slab + SLAB.tagging;
  const TAG_NOW = slab + SLAB.tag;
  const FROM_BASE = slab + SLAB.tagFromBase;
  const ids = new Map<string, number>();
  let idsEpoch = 0;

  function idOf(name: string | undefined): number {
    if (name === undefined) return NO_TAG;
    if (idsEpoch !== I[CONTROL.clearEpoch]) {
      ids.clear();
      idsEpoch = I[CONTROL.clearEpoch];
    }
    let id = ids.get(name);
    if (id === undefined) {
      id = tagIdOf(arena, owner, name);
      if (ids.size < I[CONTROL.maxTags]) ids.set(name, id); // a new tag for each request must not fill the memory
    }
    return id;
  }

  function arm(): void {
    if (I[slab + SLAB.regime] !== REGIME_SAMPLED) return;
    const fast = I[TAGGING] === 0 || (I[TAG_NOW] === NO_TAG && I[FROM_BASE] !== 0);
    I[slab + SLAB.seen] = fast ? I[slab + SLAB.tick] : NEVER_SEEN;
  }

  function replace(tag: number, atBase = I[FROM_BASE] !== 0): number {
    const before = I[TAG_NOW];
    I[TAG_NOW] = tag;
    I[FROM_BASE] = atBase ? 1 : 0;
    arm();
    return before;
  }

  return {
    arm,
    replace,
    begin: () => void replace(idOf(contextTag()), true),
    end: () => void replace(NO_TAG, false),
    use(name) {
      I[TAGGING] = 1;
      // While nothing is recorded no id is spent; the stack that a start finds is the root's, so the tag is read then.
      return replace(I[slab + SLAB.session] === 0 ? NO_TAG : idOf(name));
    },
    follow() {
      I[TAGGING] = 1;
      arm();
    },
    rowOf(fn) {
      const tag = I[TAG_NOW];
      if (tag === NO_TAG) return fn;
      const last = I[fn + FUNCTION.tagged];
      if (last !== 0 && I[last + FUNCTION.tag] === tag) return last;
      const found = rowOf(arena, slab + SLAB_TAGGED, fn, tag);
      if (found === 0) {
        F[(slab >> 1) + SLAB.droppedTagCalls]++;
        return fn;
      }
      const row = found + TAGGED_FUNCTION;
      if (I[row + FUNCTION_OWN_EDGE + EDGE.callee] === 0) {
        I[row + FUNCTION.tag] = tag;
        initFunction(I, row, I[fn + FUNCTION.site]); // last: readers skip the row until here
      }
      I[fn + FUNCTION.tagged] = row;
      return row;
    },
  };
}
