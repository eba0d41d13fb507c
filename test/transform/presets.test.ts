// Among other plugins and presets, in any order: whatever they make of a program, names, kinds and positions are those of
// its source, each function counts the calls that it counts itself, and what the compiler adds is not among them.
import { transformSync } from '@babel/core';
import type { PluginItem, PluginObj, TransformOptions, types } from '@babel/core';
import { expect } from 'chai';
import { SITE_KINDS } from '../../runtime/contract.ts';
import everycallPlugin from '../../transform/index.ts';
import type { ModuleKind } from '../../transform/index.ts';
import { countedCalls, FORMS_FILE, FORMS_SOURCE } from '../support/forms.ts';
import type { FormsProgram } from '../support/forms.ts';
import { createRecorder, run } from '../support/instrument.ts';
import type { Recorder } from '../support/instrument.ts';

const typescript: PluginItem = ['@babel/preset-typescript', { optimizeConstEnums: true }];
const react: PluginItem = ['@babel/preset-react', { runtime: 'classic', pragma: 'element' }];
const env = (targets: object, options: object = {}): PluginItem => ['@babel/preset-env', { targets, ...options }];
const current = { node: 'current' };
const old = { ie: '11' };
const alone = [
  ['@babel/plugin-transform-typescript', { isTSX: true }],
  ['@babel/plugin-transform-react-jsx', { pragma: 'element' }],
];
/** The plugin as a preset, which has a place among the others. */
const asPreset = (): object => ({ plugins: [everycallPlugin] });

type Setup = (ours: readonly PluginItem[], preset: readonly PluginItem[]) => TransformOptions;

const commonjs: Record<string, Setup> = {
  'typescript and react, to what Node runs': (plugins) => ({
    plugins: [...plugins],
    presets: [env(current), react, typescript],
  }),
  'to ES5': (plugins) => ({ plugins: [...plugins], presets: [env(old), react, typescript] }),
  'to ES2015: generators stay, async does not': (plugins) => ({
    plugins: [...plugins],
    presets: [env({ chrome: '51' }), react, typescript],
  }),
  'to ES5, loosely': (plugins) => ({
    plugins: [...plugins],
    presets: [env(old, { forceAllTransforms: true }), react, typescript],
    assumptions: {
      setPublicClassFields: true,
      privateFieldsAsProperties: true,
      noClassCalls: true,
      iterableIsArray: false,
    },
  }),
  'as the first preset': (_, preset) => ({ presets: [...preset, env(old), react, typescript] }),
  'as a preset in the middle': (_, preset) => ({ presets: [env(old), ...preset, react, typescript] }),
  'as the last preset': (_, preset) => ({ presets: [env(old), react, typescript, ...preset] }),
  'a pass for each preset': (plugins) => ({
    plugins: [...plugins],
    presets: [env(current), react, typescript],
    passPerPreset: true,
  }),
  'before other plugins': (plugins) => ({
    plugins: [
      ...plugins,
      '@babel/plugin-transform-modules-commonjs',
      ...alone,
      '@babel/plugin-transform-async-generator-functions',
      '@babel/plugin-transform-async-to-generator',
    ],
  }),
  'after other plugins': (plugins) => ({
    plugins: [
      '@babel/plugin-transform-modules-commonjs',
      ...alone,
      '@babel/plugin-transform-async-generator-functions',
      '@babel/plugin-transform-async-to-generator',
      ...plugins,
    ],
  }),
  'regenerator, classes and parameters by themselves': (plugins) => ({
    plugins: [
      ...alone,
      '@babel/plugin-transform-parameters',
      '@babel/plugin-transform-class-properties',
      '@babel/plugin-transform-private-methods',
      '@babel/plugin-transform-class-static-block',
      ...plugins,
      '@babel/plugin-transform-classes',
      '@babel/plugin-transform-async-generator-functions',
      '@babel/plugin-transform-async-to-generator',
      '@babel/plugin-transform-regenerator',
      '@babel/plugin-transform-for-of',
      '@babel/plugin-transform-destructuring',
      '@babel/plugin-transform-block-scoping',
      '@babel/plugin-transform-modules-commonjs',
    ],
  }),
};
const esm: Record<string, Setup> = {
  'to ES5, but modules': (plugins) => ({
    plugins: [...plugins],
    presets: [env(old, { modules: false }), react, typescript],
  }),
  'types and JSX alone': (plugins) => ({ plugins: [...plugins], presets: [react, typescript] }),
};

function build(setup: Setup, instrumented: boolean, source = FORMS_SOURCE): string {
  const ours = instrumented ? [everycallPlugin] : [];
  const preset = instrumented ? [asPreset()] : [];
  return transformSync(source, { filename: FORMS_FILE, configFile: false, babelrc: false, ...setup(ours, preset) })!
    .code!;
}

async function finished(
  code: string,
  kind: ModuleKind,
  hooks?: Recorder,
): Promise<{ out: unknown; counts: FormsProgram['counts'] }> {
  const program = (await run(code, kind, hooks)).completion as FormsProgram;
  expect(program, String(program)).to.be.an('object');
  return { out: JSON.stringify(await program.done), counts: program.counts };
}

/** In the form of `countedCalls()`, and in the order of the source. */
function recordedCalls(hooks: Recorder): string[] {
  const counts = hooks.counts();
  return hooks.files
    .flatMap(({ table }) => table.sites)
    .filter(([, kind]) => SITE_KINDS[kind] !== 'module')
    .map(([name, kind, line, column]) => ({
      line,
      column,
      text: `${SITE_KINDS[kind]} ${name} ${line}:${column}`,
      calls: counts[`${line}:${column}:${name}`],
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter(({ calls }) => calls !== undefined)
    .map(({ text, calls }) => `${text} ${calls}`);
}

describe('the plugin among presets', () => {
  for (const [kind, setups] of [
    ['commonjs', commonjs],
    ['esm', esm],
  ] as const) {
    for (const [name, setup] of Object.entries(setups)) {
      it(`${kind}: ${name}`, async () => {
        const plain = await finished(build(setup, false), kind);
        const hooks = createRecorder();
        const code = build(setup, true);
        const { out, counts } = await finished(code, kind, hooks);
        expect(out).to.equal(plain.out);
        expect(counts).to.deep.equal(plain.counts);
        expect(recordedCalls(hooks)).to.deep.equal(countedCalls(FORMS_SOURCE, counts));
        expect(hooks.mistakes).to.deep.equal([]);
        expect(hooks.depth()).to.equal(0);
        // While stopped it is the same program, too.
        expect((await finished(code, kind, createRecorder(false))).out).to.equal(plain.out);
      });
    }
  }

  it('shows the others where the references of a binding are now', async () => {
    const source = 'import { seven } from "macros"; const f = () => seven; out.push(f(), f());';
    // As macros do: each reference of an import becomes something else.
    const macros = ({ types: t }: { types: typeof types }): PluginObj => ({
      visitor: {
        Program({ scope }) {
          const binding = scope.getBinding('seven')!;
          for (const reference of binding.referencePaths) reference.replaceWith(t.numericLiteral(7));
          binding.path.parentPath!.remove();
        },
      },
    });
    for (const plugins of [
      [macros, everycallPlugin],
      [everycallPlugin, macros],
    ]) {
      const { code } = transformSync(source, { configFile: false, babelrc: false, plugins })!;
      const hooks = createRecorder();
      expect((await run(code!, 'esm', hooks)).out).to.deep.equal([7, 7]);
      expect(hooks.counts()).to.deep.include({ '1:42:f': 2 });
    }
  });

  it('finds the base of a file that becomes CommonJS, also from functions that run early', async () => {
    const source = 'out.push(f()); export function f() { return typeof exports.f; }';
    const { code } = transformSync(source, {
      ...{ configFile: false, babelrc: false },
      plugins: ['@babel/plugin-transform-modules-commonjs', everycallPlugin],
    })!;
    const hooks = createRecorder();
    expect((await run(code!, 'commonjs', hooks)).out).to.deep.equal(['function']);
    expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 1, '1:22:f': 1 });
    expect(code).to.match(/^"use strict";\s*const \{/);
  });
});
