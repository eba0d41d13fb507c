// Which package a function comes from, told by its file alone: profiles are read where the files are not.
import type { FunctionIdentity } from '../profile.ts';
import { pathOf } from './source-path.ts';

/** {@link packageOf} what belongs to no package: the program's own code. No package can be called so. */
export const OWN_PACKAGE = '(own)';

/** {@link packageOf} what Node.js brings along. */
export const BUILTIN_PACKAGE = 'node:';

/**
 * The npm package of a function, such as `acorn` or `@babel/core`: the folder in the last `node_modules` of its path, so
 * also the right one of nested packages and of the links that pnpm makes. `(own)` for the program itself, `node:` for
 * builtins, empty for what is in no file (the event loop, what found no room, garbage collection).
 */
export function packageOf({ file }: Pick<FunctionIdentity, 'file'>): string {
  if (file === '') return '';
  if (file.startsWith(BUILTIN_PACKAGE)) return BUILTIN_PACKAGE;
  const found = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//s.exec(`/${pathOf(file)}`);
  return found === null ? OWN_PACKAGE : found[1];
}
