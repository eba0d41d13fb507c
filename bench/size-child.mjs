// What a tool makes of files: node size-child.mjs TOOL FILE…  Prints one line of JSON: CPU time of this process for loading
// the tool and compiling all files without a cache, and the bytes before and after, as they are and gzipped.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [tool, ...files] = process.argv.slice(2);
/** Maps, which some packages carry with them, are no code. */
const withoutMap = (text) => text.replace(/\n\/\/[#@] sourceMappingURL=.*\s*$/, '\n');
const sources = files.map((file) => [file, withoutMap(readFileSync(file, 'utf8'))]);

const compilers = {
  async everycall() {
    const { createInstrumenter } = await import('../dist/src/register/instrumenter.js');
    const settings = { include: ['**', '**/node_modules/**'], root: '/', strict: true, cache: 'off', progress: false };
    const instrumenter = createInstrumenter(settings);
    return (file, source) => instrumenter.process(file, source, 'commonjs').code;
  },
  async istanbul() {
    const { createInstrumenter } = await import('istanbul-lib-instrument');
    const instrumenter = createInstrumenter({ compact: true, esModules: false });
    return (file, source) => instrumenter.instrumentSync(source, file);
  },
};

const before = process.cpuUsage();
const compile = await compilers[tool]();
const codes = sources.map(([file, source]) => withoutMap(compile(file, source)));
const { user, system } = process.cpuUsage(before);

const bytesOf = (texts) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const gzipBytesOf = (texts) => texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
const originals = sources.map(([, source]) => source);
const result = {
  files: files.length,
  transformCpuMs: (user + system) / 1000,
  originalBytes: bytesOf(originals),
  originalGzipBytes: gzipBytesOf(originals),
  bytes: bytesOf(codes),
  gzipBytes: gzipBytesOf(codes),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
