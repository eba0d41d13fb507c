// The preload (`--require`) of the process that `everycall run` starts and of its workers. Node also runs preloads on the
// thread of its module hooks: what is loaded from here on would make that one a profiled thread, so it ends here.
import { requireOwn, SESSION_FILE } from '../register/package-root.ts';
import { isInternalThread } from '../register/settings.ts';

if (!isInternalThread()) requireOwn(SESSION_FILE);
