// The ways in which a program comes to be instrumented and run, as the conformance tests are tried in each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from '@babel/core';
import type { TransformOptions } from '@babel/core';
import type * as Compile from '../../src/register/compile.ts';
import everycallPlugin from '../../transform/index.ts';
import type { PluginOptions } from '../../transform/index.ts';
import type { Hooks } from '../../runtime/contract.ts';
import type { Program } from './realm.ts';
import type { ConformanceTest } from './tests.ts';

/**
 * `plugin`: the test alone through @babel/core, its harness as it is · `together`: harness and test as one script through
 * it · `plain`: without the option `moduleKind`, as a script that may be CommonJS · `register`: what the register hook runs, as
 * CommonJS or a module.
 */
export const WAYS = ['plugin', 'together', 'plain', 'register'] as const;
export type Way = (typeof WAYS)[number];

export interface Variant {
  readonly way: Way;
  readonly strict: boolean;
}

/** Which variants a test has: what is strict or a module by itself has one of each way. */
export function variantsOf({ flags }: ConformanceTest, ways: readonly Way[]): Variant[] {
  const isAlone = flags.has('module') || flags.has('raw');
  const strictness = isAlone || flags.has('noStrict') ? [false] : flags.has('onlyStrict') ? [true] : [false, true];
  const fitting = isAlone ? new Set(ways.map((way) => (way === 'register' ? way : 'plugin'))) : ways;
  return [...fitting].flatMap((way) => strictness.map((strict) => ({ way, strict })));
}

const { compile } = createRequire(import.meta.url)('../../dist/cjs/compile.cjs') as typeof Compile;

/** Syntax that Babel 7 reads only on request: what whoever uses the plugin has to ask for. */
const SYNTAX = ['explicitResourceManagement', 'sourcePhaseImports', 'deferredImportEvaluation'];

function throughPlugin(source: string, file: string, isModule: boolean, options: PluginOptions): string {
  const parserOpts = { plugins: SYNTAX } as TransformOptions['parserOpts'];
  return transformSync(source, {
    filename: file,
    configFile: false,
    babelrc: false,
    sourceType: isModule ? 'module' : 'script',
    compact: false,
    parserOpts,
    plugins: [[everycallPlugin, options]],
  })!.code!;
}

function throughRegister(source: string, file: string, isModule: boolean): string {
  const input = { source, filename: file, syntax: null, instrument: true, originals: 'one-line' as const };
  return compile({ ...input, format: isModule ? 'module' : 'commonjs' }).code;
}

const harnessFiles = new Map<string, string>();

function harnessOf(checkout: string, { flags, includes }: ConformanceTest): string[] {
  if (flags.has('raw')) return [];
  const files = ['assert.js', 'sta.js', ...(flags.has('async') ? ['doneprintHandle.js'] : []), ...includes];
  return files.map((name) => {
    if (!harnessFiles.has(name)) harnessFiles.set(name, readFileSync(join(checkout, 'harness', name), 'utf8'));
    return harnessFiles.get(name)!;
  });
}

/** The test as it is, and instrumented; in place of the latter an error where that failed. */
export function programsOf(
  checkout: string,
  test: ConformanceTest,
  { way, strict }: Variant,
  hooks: Hooks,
): { original: Program; instrumented: Program | Error } {
  const { name, flags } = test;
  const isModule = flags.has('module');
  const harness = harnessOf(checkout, test);
  const own = (strict ? '"use strict";\n' : '') + test.source;
  const original: Program = {
    kind: isModule ? 'module' : way === 'register' ? 'commonjs' : 'script',
    file: join(checkout, 'test', name),
    source: way === 'together' ? (strict ? '"use strict";\n' : '') + [...harness, test.source].join('\n') : own,
    harness: way === 'together' ? [] : harness,
    isAsync: flags.has('async'),
    transform: (text) => text,
    hooks: null,
  };
  const options: PluginOptions = {
    include: ['**'],
    ...(way !== 'plain' && { moduleKind: isModule ? 'esm' : 'script' }),
  };
  const instrument = (source: string, file: string, asModule: boolean): string =>
    way === 'register' ? throughRegister(source, file, asModule) : throughPlugin(source, file, asModule, options);
  const orAsItIs = (source: string, file: string): string => {
    try {
      return instrument(source, file, true);
    } catch {
      return source; // V8 says what is wrong with it
    }
  };
  try {
    const instrumented: Program = {
      ...original,
      source: instrument(original.source, original.file, isModule),
      transform: orAsItIs,
      hooks,
    };
    return { original, instrumented };
  } catch (error) {
    return { original, instrumented: error as Error };
  }
}
