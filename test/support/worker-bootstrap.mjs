// A worker's own file cannot be TypeScript: on Node 20 `--import tsx` comes too late for it. So this one is the worker's,
// and loads the programs once tsx is there.
import { register } from 'tsx/esm/api';

register();
await import('./worker-thread.ts');
