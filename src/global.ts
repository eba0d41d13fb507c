// `globalThis.everycall`: a REPL's or debugger's toggle, once the runtime is loaded. What it does is loaded when it is first
// asked for anything: most programs never do, and reports and exporters are more than all that they need.
import { threadRuntime } from '../runtime/instance.ts';
import type * as Api from './api.ts';
import type * as Files from './files.ts';
import { withOwnModules } from './register/own-modules.ts';
import { ENTRY_FILE, requireOwn } from './register/package-root.ts';

type Whole = typeof Api & typeof Files;

/** What {@link installGlobal} puts under `globalThis.everycall`. */
export type EverycallGlobal = Readonly<
  Pick<Whole, 'start' | 'stop' | 'isRunning' | 'clear' | 'snapshot' | 'print' | 'save'>
>;

let whole: Whole | undefined;

/** Loading is nothing that the program does. */
function load(): Whole {
  const { asOwnWork, withoutCharge } = threadRuntime();
  return (whole ??= asOwnWork(() => withoutCharge(() => withOwnModules(() => requireOwn(ENTRY_FILE) as Whole))));
}

const toggle: EverycallGlobal = Object.freeze<EverycallGlobal>({
  start: (options) => load().start(options),
  stop: () => load().stop(),
  isRunning: () => load().isRunning(),
  clear: (options) => load().clear(options),
  snapshot: (options) => load().snapshot(options),
  print: (...rest) => load().print(...rest),
  save: (profile, path) => load().save(profile, path),
});

/** Defines `globalThis.everycall` unless the program has a global of that name; not enumerable, so no loop finds it. */
export function installGlobal(): void {
  if ('everycall' in globalThis) return;
  Object.defineProperty(globalThis, 'everycall', { value: toggle, configurable: true, writable: true });
}
