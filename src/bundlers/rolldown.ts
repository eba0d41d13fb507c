// `everycall/rolldown`: the plugin for Rolldown.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what Rolldown bundles. Throws EverycallError `bad-option`. */
export default unplugin.rolldown;
