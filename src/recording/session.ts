// Loaded by preload.ts. Node also runs preloads on the thread of its module hooks: what is loaded from here on would make
// that one a profiled thread, so there it ends here.
import { RECORD_FILE, requireOwn } from '../register/package-root.ts';
import { isInternalThread } from '../register/settings.ts';

if (!isInternalThread()) requireOwn(RECORD_FILE);
