// What a TypeScript or JSX file means beyond its text: the options of the nearest tsconfig.json that change the code which
// runs. Types, paths and output folders are no business of ours. Files in node_modules are what their package made them.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as GetTsconfig from 'get-tsconfig';
import { requireOwn } from './package-root.ts';

export interface SyntaxSettings {
  /** What JSX becomes: calls of `jsxFactory`, or of what is imported from `jsxImportSource`. */
  readonly jsx: 'classic' | 'automatic' | 'development';
  readonly jsxImportSource: string | undefined;
  /** As in tsconfig: `h`, `React.createElement`. */
  readonly jsxFactory: string | undefined;
  readonly jsxFragmentFactory: string | undefined;
  /** `legacy` under `experimentalDecorators`. */
  readonly decorators: 'legacy' | 'standard';
  /** Whether a field is defined, as the language has it, or assigned in the constructor. */
  readonly defineFields: boolean;
  /** Whether imports that only types use stay: `verbatimModuleSyntax`. */
  readonly keepImports: boolean;
  /** The tsconfig asks for types at run time, which one file alone does not give. */
  readonly emitDecoratorMetadata: boolean;
}

/** What is read of `compilerOptions`; the file is somebody else's, so nothing of it is taken for granted. */
type CompilerOptions = Readonly<Record<string, unknown>>;

/** What holds without a tsconfig.json, as for Node itself. */
export const NO_TSCONFIG: SyntaxSettings = settingsOf({});

const byDirectory = new Map<string, SyntaxSettings>();

/**
 * The settings for a file. Read once a directory and process.
 * @param onProblem is told in one line of a tsconfig.json that cannot be read; the file is then compiled as without it
 */
export function syntaxSettings(filename: string, onProblem: (problem: string) => void): SyntaxSettings {
  const directory = dirname(filename);
  const known = byDirectory.get(directory);
  if (known !== undefined) return known;
  const settings = read(directory, onProblem);
  byDirectory.set(directory, settings);
  return settings;
}

function read(directory: string, onProblem: (problem: string) => void): SyntaxSettings {
  const path = nearest(directory);
  if (path === null) return NO_TSCONFIG;
  try {
    const { parseTsconfig } = requireOwn('get-tsconfig') as typeof GetTsconfig;
    return settingsOf((parseTsconfig(path).compilerOptions ?? {}) as CompilerOptions);
  } catch (error) {
    onProblem(`${path} left aside: ${String((error as Error).message).split('\n')[0]}`);
    return NO_TSCONFIG;
  }
}

function nearest(directory: string): string | null {
  if (/[\\/]node_modules(?:[\\/]|$)/.test(directory)) return null;
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, 'tsconfig.json');
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return null;
  }
}

/** Of resolved `compilerOptions`, with TypeScript's own defaults. */
export function settingsOf(options: CompilerOptions): SyntaxSettings {
  const text = (name: string): string | undefined =>
    typeof options[name] === 'string' && options[name] !== '' ? options[name] : undefined;
  const define = options['useDefineForClassFields'];
  return {
    jsx: jsxOf(text('jsx')),
    jsxImportSource: text('jsxImportSource'),
    jsxFactory: text('jsxFactory'),
    jsxFragmentFactory: text('jsxFragmentFactory'),
    decorators: options['experimentalDecorators'] === true ? 'legacy' : 'standard',
    defineFields: typeof define === 'boolean' ? define : definesFields(text('target')),
    keepImports: options['verbatimModuleSyntax'] === true,
    emitDecoratorMetadata: options['experimentalDecorators'] === true && options['emitDecoratorMetadata'] === true,
  };
}

/** `preserve` leaves JSX to a later step, of which there is none here; such projects expect the newer form. */
function jsxOf(jsx: string | undefined): SyntaxSettings['jsx'] {
  switch (jsx?.toLowerCase()) {
    case 'react-jsx':
    case 'preserve':
    case 'react-native':
      return 'automatic';
    case 'react-jsxdev':
      return 'development';
    default:
      return 'classic';
  }
}

/** Fields are part of the language since ES2022; code for an older target assigns them. */
function definesFields(target: string | undefined): boolean {
  const year = /^es(\d+)$/i.exec(target ?? '')?.[1];
  return year === undefined || Number(year) >= 2022;
}
