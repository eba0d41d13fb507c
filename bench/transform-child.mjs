// One measurement in a process of its own: node transform-child.mjs CACHE FILE…  Prints one line of JSON: CPU time of the
// process and bytes of source for having each file compiled (CACHE 'off') or read from the cache, as the register hook does.
import { readFileSync } from 'node:fs';
import { createInstrumenter } from '../dist/src/register/instrumenter.js';

const [cache, ...files] = process.argv.slice(2);
const settings = { include: ['**', '**/node_modules/**'], root: '/', strict: true, cache, progress: false };
const instrumenter = createInstrumenter(settings);
const sources = files.map((file) => [file, readFileSync(file, 'utf8')]);
const bytes = sources.reduce((sum, [, source]) => sum + source.length, 0);
const begin = process.cpuUsage();
for (const [file, source] of sources) instrumenter.process(file, source, undefined);
const { user, system } = process.cpuUsage(begin);
process.stdout.write(JSON.stringify({ bytes, cpuMs: (user + system) / 1000 }) + '\n');
