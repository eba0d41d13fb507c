// `globalThis.everycall`: a REPL's or debugger's toggle, once the runtime is loaded.
import { clear, isRunning, print, snapshot, start, stop } from './api.ts';
import { save } from './files.ts';

const toggle = Object.freeze({ start, stop, isRunning, clear, snapshot, print, save });

/** What {@link installGlobal} puts under `globalThis.everycall`. */
export type EverycallGlobal = typeof toggle;

/** Defines `globalThis.everycall` unless the program has a global of that name; not enumerable, so no loop finds it. */
export function installGlobal(): void {
  if ('everycall' in globalThis) return;
  Object.defineProperty(globalThis, 'everycall', { value: toggle, configurable: true, writable: true });
}
