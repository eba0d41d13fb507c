// `everycall/rollup`: the plugin for Rollup.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what Rollup bundles. Throws EverycallError `bad-option`. */
export default unplugin.rollup;
