// everycall/register: instruments what this process loads from now on, on this thread and in the workers it starts.
// For `node --import everycall/register app.ts`, `node -r everycall/register app.js`, or an import before the others.
// Node runs preloads also on the thread of its module hooks; the runtime would make that one a profiled thread, so there
// nothing more than this is loaded.
import type * as Install from './install.ts';
import { INSTALL_FILE, requireOwn } from './package-root.ts';
import { isInternalThread } from './settings.ts';

if (!isInternalThread()) (requireOwn(INSTALL_FILE) as typeof Install).installPreload();
