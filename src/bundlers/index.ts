// `everycall/unplugin`: the plugin for every bundler that unplugin knows.
export { unplugin as default } from './plugin.ts';
export type { BundlerOptions } from './plugin.ts';
