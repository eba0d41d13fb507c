// `register()` of the public API: the hooks of everycall/register, put in by the program itself. Like that entry it loads
// what it needs only when it is called: who imports everycall to read a profile pays for no hooks.
import type * as Install from './install.ts';
import { INSTALL_FILE, requireOwn } from './package-root.ts';
import { checkSettings, isInternalThread } from './settings.ts';
import type { RegisterSettings } from './settings.ts';

/**
 * Instruments what this process loads from now on, on this thread and in the workers it starts, as
 * `--import everycall/register` does from the beginning. What is loaded already stays as it is, and an ES module has
 * loaded all its static imports before it runs: call this first, then `import()` the program.
 *
 * Hooks are put in once: of several calls, and of the preload and a call, the first one's settings hold.
 *
 * @param settings which files, relative to which root, and where the transform cache is; default: those of the
 * environment variable EVERYCALL_REGISTER, else every file outside node_modules
 * @returns whether this call put the hooks in; false if they were there
 * @throws EverycallError `bad-option` if a setting is unknown or of another type
 *
 * ```js
 * import { print, register, start } from 'everycall';
 * register({ include: ['src/**'] });
 * start();
 * await import('./src/app.ts');
 * print();
 * ```
 */
export function register(settings?: RegisterSettings): boolean {
  if (settings !== undefined) checkSettings('register()', settings);
  if (isInternalThread()) return false;
  return (requireOwn(INSTALL_FILE) as typeof Install).install(settings);
}
