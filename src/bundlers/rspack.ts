// `everycall/rspack`: the plugin for Rspack.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what Rspack bundles. Throws EverycallError `bad-option`. */
export default unplugin.rspack;
