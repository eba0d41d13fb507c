// npm run bench:scaling -- [--node PATH] [--quick] [--only PART]… [--out DIR]
// How everycall's costs grow. Measures in processes of its own, one after the other; writes scaling.json, scaling.md and
// the charts to DIR (default bench/results/scaling). docs/scaling.md is made of these.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuModel, load, machineLine, nodeVersion } from '../machine.ts';
import { PARTS } from './parts.ts';
import type { Measure } from './parts.ts';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    out: { type: 'string', default: fileURLToPath(new URL('../results/scaling', import.meta.url)) },
  },
});

const child = fileURLToPath(new URL('./child.ts', import.meta.url));
const measure: Measure = (what, ...args) => {
  const output = execFileSync(
    values.node,
    ['--import', 'tsx', '--expose-gc', child, what, ...args.map((arg) => JSON.stringify(arg))],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return JSON.parse(output) as never;
};

mkdirSync(values.out, { recursive: true });
const version = nodeVersion(values.node);
const texts = [`${machineLine(version)}, load average ${load()} before.`];
const results: Record<string, unknown> = { node: version, cpu: cpuModel(), loadBefore: load() };
for (const part of PARTS) {
  if (values.only !== undefined && !values.only.includes(part.name)) continue;
  const began = performance.now();
  const { data, text, charts } = part.run(measure, values.quick);
  results[part.name] = data;
  texts.push(text);
  for (const [file, svg] of Object.entries(charts)) writeFileSync(join(values.out, file), svg);
  console.log(`${text}\n\n(${part.name}: ${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
}
results.loadAfter = load();
texts.push(`Load average ${load()} after.`, '');
writeFileSync(join(values.out, 'scaling.json'), JSON.stringify(results, null, 1));
writeFileSync(join(values.out, 'scaling.md'), texts.join('\n\n'));
