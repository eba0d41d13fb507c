// The programs with hooks, as text.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@babel/core';

const require = createRequire(import.meta.url);

export const PROGRAMS_FILE = fileURLToPath(new URL('./programs.cjs', import.meta.url));
const dist = (file: string) => fileURLToPath(new URL(`../../dist/cjs/${file}`, import.meta.url));
export const EVERYCALL = dist('index.cjs');

export function instrumentedPrograms(): string {
  const { default: plugin } = require(dist('babel.cjs')) as { default: object };
  return transformSync(readFileSync(PROGRAMS_FILE, 'utf8'), {
    filename: PROGRAMS_FILE,
    configFile: false,
    babelrc: false,
    compact: false,
    plugins: [[plugin, { moduleKind: 'commonjs', runtime: dist('runtime.cjs') }]],
  })!.code!;
}
