// Loops and delegations that step an iterator without coming back to the function's code: `yield*`, `for await`, and the
// disposal at the end of a block with `await using`. What they are given is replaced by an object that does the same and
// resumes and suspends the activation around each step.
//
// It calls the program's methods as the language would, each as often, with the same `this` and arguments, and hands
// their results on as they are: no promise is added, and what they throw passes through.
import { type Activation, ASYNC_YIELD_STAR, FOR_AWAIT, type Hooks, YIELD_STAR } from './contract.ts';
import { apply, asyncDispose, asyncIterator, dispose, iterator } from './primordials.ts';

type Method = (...args: unknown[]) => unknown;

const reject = Promise.reject.bind(Promise);

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Where an iterator has no `return`, a `yield*` ends with what it was given. Code that a compiler made of a `yield*` looks
 * whether there is one, and calls it.
 */
const returned = (value: unknown): object => ({ done: true, value });

export function createIteration({
  suspend,
  pause,
  resume,
}: Pick<Hooks, 'suspend' | 'pause' | 'resume'>): Pick<Hooks, 'delegate' | 'dispose'> {
  /** The iterator with each of its steps running as part of the activation. */
  function stepped(activation: Activation, iterator: unknown, kind: number, adapted: boolean): unknown {
    if (!isObject(iterator)) return iterator; // the language says what is wrong
    const { next } = iterator;
    const stop = kind === FOR_AWAIT ? suspend : (pause as typeof suspend);
    /** A `yield*` was told to throw and the iterator cannot: the language closes it and throws a TypeError at the `yield*`. */
    let isFailing = false;
    const step =
      (method: unknown): Method =>
      (...args) => {
        if (method === next && activation.isLeft) activation.isLeft = false; // not for good, after all
        resume(activation);
        if (isFailing && kind === YIELD_STAR) return apply(method as Method, iterator, args);
        try {
          return stop(activation, apply(method as Method, iterator, args));
        } catch (error) {
          if (adapted) stop(activation, undefined); // it comes as a rejection
          throw error;
        }
      };
    const optional = (name: 'throw' | 'return'): unknown => {
      const method = iterator[name];
      return typeof method === 'function' ? step(method) : method;
    };
    return {
      __proto__: null,
      next: typeof next === 'function' ? step(next) : next,
      get throw() {
        const method = optional('throw');
        isFailing = method === undefined || method === null;
        if (isFailing && kind === YIELD_STAR) resume(activation);
        return method;
      },
      get return() {
        if (kind !== YIELD_STAR || isFailing) return optional('return');
        activation.isLeft = true;
        return optional('return') ?? returned;
      },
    };
  }

  return {
    delegate(activation, iterable, kind) {
      if (activation === null || iterable === undefined || iterable === null) return iterable;
      if (kind !== YIELD_STAR && kind !== ASYNC_YIELD_STAR && kind !== FOR_AWAIT) return iterable;
      const source = iterable as Record<symbol, unknown>;
      let symbol: symbol = iterator;
      let method: unknown;
      if (kind !== YIELD_STAR) {
        method = source[asyncIterator];
        if (method !== undefined && method !== null) symbol = asyncIterator;
      }
      if (symbol === iterator) method = source[iterator];
      // The language says what is wrong, without asking the program for the method once more; but a primitive value has its
      // methods from the realm of the program, which need not be ours.
      if (typeof method !== 'function') return isObject(iterable) ? { __proto__: null, [symbol]: method } : iterable;
      // The language makes an asynchronous iterator of a synchronous one, whose errors become rejections.
      const adapted = kind !== YIELD_STAR && symbol === iterator;
      return {
        __proto__: null,
        [symbol]: () => stepped(activation, apply(method as Method, iterable, []), kind, adapted),
      };
    },

    dispose(activation, resource) {
      if (activation === null) return resource;
      if (resource === undefined || resource === null) {
        return { __proto__: null, [asyncDispose]: () => suspend(activation, undefined) };
      }
      const source = resource as Record<symbol, unknown>;
      let method = source[asyncDispose];
      const isSync = method === undefined || method === null;
      if (isSync) method = source[dispose];
      if (typeof method !== 'function') return { __proto__: null, [isSync ? dispose : asyncDispose]: method };
      return {
        __proto__: null,
        [asyncDispose]() {
          resume(activation);
          if (!isSync) return suspend(activation, apply(method as Method, resource, []));
          // The language awaits a promise of `undefined`, or of the error, in place of what a synchronous method returns.
          let result: Promise<never> | undefined;
          try {
            apply(method as Method, resource, []);
          } catch (error) {
            result = reject(error) as Promise<never>;
          }
          return suspend(activation, result);
        },
      };
    },
  };
}
