// How Babel reads and compiles what Node cannot run as it is: TypeScript, JSX and decorators, as the tsconfig wants it.
import type * as Babel from '@babel/core';
import { typescriptClasses } from './classes/index.ts';
import { requireOwn } from './package-root.ts';
import type { SyntaxSettings } from './tsconfig.ts';

type Plugins = NonNullable<Babel.ParserOptions['plugins']>;

/** What the parser must be told to read such a file. */
export function syntaxPlugins(filename: string, { decorators }: SyntaxSettings): Plugins {
  const plugins: Plugins =
    decorators === 'legacy' ? ['decorators-legacy'] : [['decorators', {}], 'decoratorAutoAccessors'];
  if (filename.endsWith('.jsx')) return [...plugins, 'jsx'];
  if (filename.endsWith('.tsx')) return [...plugins, 'typescript', 'jsx'];
  return [...plugins, ['typescript', { disallowAmbiguousJSXLike: /\.[mc]ts$/.test(filename) }]];
}

/** What makes JavaScript of it. */
export function compilation(
  filename: string,
  settings: SyntaxSettings,
  toCommonJs: boolean,
): Pick<Babel.TransformOptions, 'presets' | 'plugins'> {
  const classes = { decorators: settings.decorators === 'legacy', assign: !settings.defineFields };
  const plugins: Babel.PluginItem[] = [[typescriptClasses, classes]];
  if (settings.decorators === 'standard') {
    plugins.push([requireOwn('@babel/plugin-proposal-decorators'), { version: '2023-11' }]);
  }
  if (/x$/.test(filename)) plugins.push(jsxPlugin(settings));
  if (toCommonJs) {
    plugins.push([requireOwn('@babel/plugin-transform-modules-commonjs'), { allowTopLevelThis: true }]);
  }
  if (filename.endsWith('.jsx')) return { plugins };
  const { jsx, jsxFactory, jsxFragmentFactory, keepImports } = settings;
  const preset = {
    allExtensions: true,
    allowDeclareFields: true,
    isTSX: filename.endsWith('.tsx'),
    onlyRemoveTypeImports: keepImports,
    ...(jsx === 'classic' && jsxFactory && { jsxPragma: jsxFactory }),
    ...(jsx === 'classic' && jsxFragmentFactory && { jsxPragmaFrag: jsxFragmentFactory }),
  };
  return { plugins, presets: [[requireOwn('@babel/preset-typescript'), preset]] };
}

function jsxPlugin({ jsx, jsxImportSource, jsxFactory, jsxFragmentFactory }: SyntaxSettings): Babel.PluginItem {
  const throwIfNamespace = false;
  if (jsx === 'classic') {
    const pragmas = {
      ...(jsxFactory && { pragma: jsxFactory }),
      ...(jsxFragmentFactory && { pragmaFrag: jsxFragmentFactory }),
    };
    return [requireOwn('@babel/plugin-transform-react-jsx'), { runtime: 'classic', throwIfNamespace, ...pragmas }];
  }
  const name = jsx === 'automatic' ? '' : '/lib/development';
  const source = jsxImportSource && { importSource: jsxImportSource };
  return [
    requireOwn(`@babel/plugin-transform-react-jsx${name}`),
    { runtime: 'automatic', throwIfNamespace, ...source },
  ];
}
