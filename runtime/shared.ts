// What ES modules import that the register hooks have instrumented: this thread's runtime, from the CommonJS edition, which
// is loaded already where the hooks are. So no second copy of the code is loaded, and one file instead of thirty.
import type * as Runtime from './index.ts';

const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);

export const {
  state,
  register,
  enter,
  exit,
  enterModule,
  activate,
  finish,
  suspend,
  pause,
  resume,
  delegate,
  dispose,
} = require('../cjs/runtime.cjs') as typeof Runtime;
