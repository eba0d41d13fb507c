// `everycall/webpack`: the plugin for webpack.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what webpack bundles. Throws EverycallError `bad-option`. */
export default unplugin.webpack;
