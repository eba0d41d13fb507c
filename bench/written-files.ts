// Files of programs that are written, not kept: a program with 2,000 functions, and a package under another name.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { here } from './programs.ts';

const CALLEES = 2_000;
const TIMES = 50;

export function writeFiles(): void {
  const folder = here('results/build');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'callees.cjs'), calleesText());
  // In its own folder Node takes the file for an ES module, since package.json says so.
  const marked = dirname(createRequire(import.meta.url).resolve('marked'));
  copyFileSync(join(marked, 'marked.umd.js'), join(folder, 'marked.cjs'));
}

/** One caller of 2,000 functions, each with its own place in the text. */
function calleesText(): string {
  const names = Array.from({ length: CALLEES }, (_, i) => `callee${i}`);
  return `${names.map((name, i) => `function ${name}() { return ${i & 1}; }`).join('\n')}
exports.run = () => {
  let sum = 0;
  for (let i = 0; i < ${TIMES}; i++) {
    ${names.map((name) => `sum += ${name}();`).join('\n    ')}
  }
  return sum;
};
exports.expected = ${(TIMES * CALLEES) / 2};
exports.calls = 1 + ${TIMES * CALLEES};
`;
}
