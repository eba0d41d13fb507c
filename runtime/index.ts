// Entry `everycall/runtime`: what instrumented code imports. Loading it gives this thread its runtime.
import { threadRuntime } from './instance.ts';

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
} = threadRuntime();
export { createRuntime, type RuntimeOptions } from './instance.ts';
export type { Runtime } from './runtime.ts';
export type { Activation, Hooks, SiteKind, SiteTable } from './contract.ts';
