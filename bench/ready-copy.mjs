// node ready-copy.mjs FROM TO: a copy of a generated project as its instrumented text, to be run without hooks: what no way
// of handing the text to Node can be faster than.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { compile } = createRequire(import.meta.url)('../dist/cjs/compile.cjs');
const [from, to] = process.argv.slice(2);
mkdirSync(to, { recursive: true });
copyFileSync(join(from, 'package.json'), join(to, 'package.json'));
const format = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')).type;
for (const name of readdirSync(from).filter((each) => each.endsWith('.js'))) {
  const filename = join(from, name);
  const { code } = compile({
    source: readFileSync(filename, 'utf8'),
    filename,
    format,
    syntax: null,
    instrument: true,
  });
  writeFileSync(join(to, name), code);
}
console.log('{}');
