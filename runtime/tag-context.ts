// The tag that the async context carries. One AsyncLocalStorage for all runtimes of the thread: on Node 20 and 22 each one
// that there is makes every promise dearer, for good.
import { AsyncLocalStorage } from 'node:async_hooks';

/** A runtime's tag, and those of other runtimes. */
interface Tagged {
  readonly runtime: object;
  readonly tag: string;
  readonly others: Tagged | undefined;
}

/** Made at the first use of a tag. */
let storage: AsyncLocalStorage<Tagged> | null = null;

/** The tag that `runtime` was given here; `undefined` for none. */
export function contextTag(runtime: object): string | undefined {
  let tagged = storage?.getStore();
  while (tagged !== undefined && tagged.runtime !== runtime) tagged = tagged.others;
  return tagged?.tag;
}

/** Runs work in a context that carries the tag for `runtime`. */
export function runTagged<T>(runtime: object, tag: string, work: () => T): T {
  storage ??= new AsyncLocalStorage();
  return storage.run({ runtime, tag, others: without(runtime, storage.getStore()) }, work);
}

/** An outer tag of the same runtime is replaced, not kept: contexts may follow one another for ever. */
function without(runtime: object, tagged: Tagged | undefined): Tagged | undefined {
  if (tagged === undefined) return undefined;
  const others = without(runtime, tagged.others);
  if (tagged.runtime === runtime) return others;
  return others === tagged.others ? tagged : { ...tagged, others };
}
