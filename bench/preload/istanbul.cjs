// Istanbul as nyc has it: a hook on what is compiled, with a cache on disk, on every thread. BENCH_FOLDERS says what to
// instrument, BENCH_CACHE where the cache is.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { Module } = require('node:module');
const { join } = require('node:path');

const folders = JSON.parse(process.env.BENCH_FOLDERS);
const cache = join(process.env.BENCH_CACHE, 'istanbul');
mkdirSync(cache, { recursive: true });
let instrumenter;

function instrumented(source, filename) {
  const entry = join(cache, createHash('sha256').update(`${filename}\n${source}`).digest('hex'));
  if (existsSync(entry)) return readFileSync(entry, 'utf8');
  instrumenter ??= require('istanbul-lib-instrument').createInstrumenter({ compact: true, esModules: false });
  const code = instrumenter.instrumentSync(source, filename);
  const partial = `${entry}.${process.pid}.${require('node:worker_threads').threadId}`;
  writeFileSync(partial, code);
  renameSync(partial, entry);
  return code;
}

const { _compile } = Module.prototype;
Module.prototype._compile = function compile(source, filename, ...rest) {
  const path = filename.replaceAll('\\', '/');
  const code = folders.some((folder) => path.includes(folder)) ? instrumented(source, filename) : source;
  return _compile.call(this, code, filename, ...rest);
};
