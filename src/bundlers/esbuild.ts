// `everycall/esbuild`: the plugin for esbuild.
import { unplugin } from './plugin.ts';

export type { BundlerOptions } from './plugin.ts';

/** Instruments what esbuild bundles. Throws EverycallError `bad-option`. */
export default unplugin.esbuild;
