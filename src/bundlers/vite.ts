// `everycall/vite`: the plugin for Vite.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what Vite bundles. Throws EverycallError `bad-option`. */
export default unplugin.vite;
