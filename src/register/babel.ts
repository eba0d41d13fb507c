// The parts of Babel that compiling takes, each loaded when it is first needed: a run from the cache loads none of them.
// Plain JavaScript needs no @babel/core: parsing, our plugin and printing do without its scopes, which take longer than
// all three together.
import type * as Core from '@babel/core';
import type * as Generator from '@babel/generator';
import type * as Parser from '@babel/parser';
import type * as Template from '@babel/template';
import type * as Remapping from '@jridgewell/remapping';
import type * as TraceMapping from '@jridgewell/trace-mapping';
import { PLUGIN_FILE, requireOwn } from './package-root.ts';

type Print = (ast: Core.types.Node, options: Generator.GeneratorOptions, code: string) => Generator.GeneratorResult;
type PluginFactory = (api: object, options: object) => Core.PluginObj;

export const core = (): typeof Core => requireOwn('@babel/core') as typeof Core;
export const parser = (): typeof Parser => requireOwn('@babel/parser') as typeof Parser;
export const types = (): typeof Core.types => requireOwn('@babel/types') as typeof Core.types;

export const generator = (): Print => (requireOwn('@babel/generator') as { default: Print }).default;
/** As CommonJS the package is the function itself. */
export const remapping = (): typeof Remapping.default =>
  requireOwn('@jridgewell/remapping') as typeof Remapping.default;

export const traceMapping = (): typeof TraceMapping => requireOwn('@jridgewell/trace-mapping') as typeof TraceMapping;

let makePlugin: PluginFactory | undefined;

/** Our plugin, as @babel/core would make it. */
export function plugin(options: object): Core.PluginObj {
  makePlugin ??= (requireOwn(PLUGIN_FILE) as { default: PluginFactory }).default;
  const { default: template } = requireOwn('@babel/template') as typeof Template;
  return makePlugin({ types: types(), template }, options);
}
