// What random programs find in their realm, and what is seen of them. Nothing here is instrumented, and nothing depends
// on a clock, on the text of a function, or on the words of an engine's error.
import vm from 'node:vm';
import { RUNTIME_KEY } from '../../../runtime/contract.ts';
import { NAMES } from './scope.ts';
import type { Hooks } from '../../../runtime/contract.ts';

/** Runs first in each realm. `$` is what the program calls; the names are kept off the enumerable globals. */
const WORLD = `(() => {
  const seen = [];
  // The text of an instrumented function is another one, which is known and allowed: programs see none of it.
  const { apply } = Reflect;
  const textOf = Function.prototype.toString;
  Object.defineProperty(Function.prototype, 'toString', { value() { return 'text of ' + this.name; }, configurable: true });
  let fuel = 300;
  const burn = () => { if (--fuel < 0) throw 'out of fuel'; };
  const keyText = (key) => typeof key === 'symbol' ? key.toString() : key;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { ownKeys } = Reflect;
  const known = new Map([[Object.prototype, '%Object%'], [Function.prototype, '%Function%'], [Array.prototype, '%Array%'], [globalThis, '%global%']]);
  function shape(value, depth) {
    return ownKeys(value).slice(0, 30).map((key) => {
      const { get, set, value: held, writable, enumerable, configurable } = getOwnPropertyDescriptor(value, key);
      const flags = (writable ? 'w' : '') + (enumerable ? 'e' : '') + (configurable ? 'c' : '');
      const what = get || set ? 'get ' + text(get, depth) + ' set ' + text(set, depth) : text(held, depth);
      return keyText(key) + ':' + flags + ' ' + what;
    }).join(', ');
  }
  function text(value, depth = 2) {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'symbol') return value.toString();
    if (Object.is(value, -0)) return '-0';
    if (typeof value === 'bigint') return value + 'n';
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
    if (known.has(value)) return known.get(value);
    if (value instanceof Error) return 'error ' + value.name;
    if (depth === 0 || ArrayBuffer.isView(value)) return typeof value;
    const proto = getPrototypeOf(value);
    return (typeof value === 'function' ? 'function' : 'object') + ' of ' +
      (proto === null ? 'null' : known.get(proto) ?? text(proto[Symbol.toStringTag], 1)) + ' {' + shape(value, depth - 1) + '}';
  }
  const log = (...values) => { if (seen.length < 400) { burn(); seen.push(values.map((value) => text(value)).join(' ')); } return values[values.length - 1]; };
  function steps(iterator, how) {
    for (let i = 0; i < 4; i++) {
      const method = how === 1 && i === 2 ? 'throw' : how === 2 && i === 1 ? 'return' : 'next';
      if (typeof iterator[method] !== 'function') return;
      const { value, done } = iterator[method](method + i);
      log(method, done, value);
      if (done) return;
    }
  }
  async function asyncSteps(iterator, how) {
    for (let i = 0; i < 4; i++) {
      const method = how === 1 && i === 2 ? 'throw' : how === 2 && i === 1 ? 'return' : 'next';
      const { value, done } = await iterator[method](method + i);
      log(method, done, value);
      if (done) return;
    }
  }
  function follow(value, how) {
    if (value instanceof Promise) return void value.then((held) => { log('fulfilled', held); }, (error) => { log('rejected', error); });
    if (typeof value !== 'object' || value === null) return;
    const tag = value[Symbol.toStringTag];
    if (tag === 'Generator') steps(value, how);
    if (tag === 'AsyncGenerator') asyncSteps(value, how).then(() => log('through'), (error) => log('broken', error));
  }
  const wrapped = (run) => { try { return run(); } catch (error) { log('threw', error); } };
  const $ = {
    log,
    wrapped,
    /** Calls what can be called, and follows what comes of it to its end. */
    call: (f, how = 0, ...args) => wrapped(() => { burn(); if (typeof f !== 'function') return f; const value = f(...args); log('returned', value); follow(value, how); return value; }),
    make: (f, ...args) => wrapped(() => { burn(); return log('made', new f(...args)); }),
    follow: (value, how) => wrapped(() => (follow(value, how), value)),
    tag: (strings, ...values) => (log('tag', Object.isFrozen(strings), strings.raw.join('|'), ...values), strings),
    /** Logs what is done to it. Not the global object's: all its keys are more than what is enumerated. */
    proxy: (target) => new Proxy(typeof target === 'object' && target !== null && target !== globalThis ? target : {}, new Proxy({}, {
      get: (_, trap) => (...args) => { log(trap, typeof args[1] === 'object' ? '' : args[1]); return Reflect[trap](...args); },
    })),
    /** Its text, run where none of its names are. */
    again: (f) => wrapped(() => { const copy = (0, eval)('(' + apply(textOf, f, []) + ')'); return log('again', copy(1, 2)); }),
    items: (...values) => ({
      [Symbol.iterator]() {
        let i = 0;
        log('open');
        return { next: () => (log('item', i), { value: values[i], done: i++ >= values.length }), return: (value) => (log('closed'), { value, done: true }) };
      },
    }),
    laterItems: (...values) => ({
      [Symbol.asyncIterator]() {
        let i = 0;
        log('open');
        return { next: async () => (log('item', i), { value: values[i], done: i++ >= values.length }), return: async (value) => (log('closed'), { value, done: true }) };
      },
    }),
    disposable: (name) => ({ [Symbol.dispose]() { log('disposed', name); }, async [Symbol.asyncDispose]() { log('disposed later', name); } }),
    names: () => { const names = []; for (const name in globalThis) names.push(name); return log('names', names.join(), Object.keys(globalThis).join()); },
    shape: (value) => log('shape', value),
  };
  Object.defineProperty(globalThis, '$', { value: $ });
  // What names mean that the program does not declare.
  const given = {
    a: 1, b: { p: 1, q: [2], f() { return this?.p; } }, c: [1, 2], d: 's', f(x) { return x; },
    g: function* () { yield 1; }, async h(x) { return x; },
  };
  for (const name of ownKeys(given)) Object.defineProperty(globalThis, name, { value: given[name], writable: true, configurable: true });
  return { seen, log, text, ending: () => { fuel = 1000; } };
})()`;

/** Runs last: what the program left behind is called. */
const AFTERMATH = NAMES.map(
  (name, how) => `try { $.shape(${name}); $.call(${name}, ${how % 3}, 1, { p: 2 }, [3]); } catch (e) { $.log(e); }`,
).join('\n');

const aftermath = new vm.Script(AFTERMATH, { filename: 'aftermath.js' });
const world = new vm.Script(WORLD, { filename: 'world.js' });
const ORDINARY = (vm.constants as { DONT_CONTEXTIFY?: unknown } | undefined)?.DONT_CONTEXTIFY;

interface World {
  readonly seen: string[];
  readonly text: (value: unknown) => string;
  readonly ending: () => void;
}

/** What calls itself again and again, and catches what should end it, goes on for ever. */
const PATIENCE_MS = 10_000;

export interface Kind {
  readonly isModule: boolean;
  readonly strict: boolean;
}

let unhandled: (error: unknown) => void = () => {};
process.on('unhandledRejection', (error) => unhandled(error));

/** Everything that is seen of the program, line by line. */
export async function observe(source: string, { isModule }: Kind, hooks: Hooks | null): Promise<string[]> {
  const context = vm.createContext((ORDINARY ?? {}) as vm.Context);
  const global = vm.runInContext('this', context) as object;
  const { seen, text, ending } = world.runInContext(context) as World;
  unhandled = (error) => seen.push(`unhandled ${text(error)}`);
  if (hooks) Object.defineProperty(global, Symbol.for(RUNTIME_KEY), { value: hooks });
  try {
    if (isModule) {
      const module = new vm.SourceTextModule(source, { context, identifier: 'random.js' });
      await module.link(() => runtimeModule(context, hooks) as never);
      // A promise that may come after jobs of the program: not waited for before them.
      module.evaluate({ timeout: PATIENCE_MS }).then(
        () => seen.push('evaluated'),
        (error) => seen.push(`failed ${text(error)}`),
      );
      await new Promise(setImmediate);
      seen.push(...exportsOf(module, text));
    } else
      seen.push(
        `value ${text(new vm.Script(source, { filename: 'random.js' }).runInContext(context, { timeout: PATIENCE_MS }))}`,
      );
  } catch (error) {
    // Of whichever realm; what the program did before it was read, in an `eval`, is seen.
    if (seen.length === 0 && (error as Error | null)?.name === 'SyntaxError') return ['refused'];
    if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return ['endless'];
    seen.push(`ended by ${text(error)}`);
  }
  await new Promise(setImmediate);
  ending();
  try {
    if (!isModule) aftermath.runInContext(context, { timeout: PATIENCE_MS });
  } catch (error) {
    seen.push(`aftermath ended by ${text(error)}`);
  }
  await new Promise(setImmediate);
  for (const name of Object.keys(global)) {
    const { value } = Object.getOwnPropertyDescriptor(global, name)!;
    seen.push(`global ${name} ${text(value)}`);
  }
  return seen;
}

function exportsOf({ namespace }: vm.Module, text: (value: unknown) => string): string[] {
  return (Reflect.ownKeys(namespace) as string[]).flatMap((name) => {
    if (typeof name === 'symbol') return [];
    try {
      return `export ${name} ${text((namespace as Record<string, unknown>)[name])}`;
    } catch {
      return `export ${name} unbound`;
    }
  });
}

function runtimeModule(context: vm.Context, hooks: Hooks | null): vm.Module {
  const entries = Object.entries(hooks!);
  return new vm.SyntheticModule(
    entries.map(([name]) => name),
    function (this: vm.SyntheticModule) {
      for (const [name, value] of entries) this.setExport(name, value);
    },
    { context },
  );
}
