// Entry `everycall/runtime`: what instrumented code imports. Loading it gives this thread its runtime.
import { threadRuntime } from './instance.ts';

export const { state, enter, exit, enterModule, register } = threadRuntime();
export { createRuntime, type RuntimeOptions } from './instance.ts';
export type { Runtime } from './runtime.ts';
export type { Hooks, SiteKind, SiteTable } from './contract.ts';
