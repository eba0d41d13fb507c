// A project of many small modules, for what start-up costs: each requires or imports two others, so one entry loads all.
import { mkdirSync, writeFileSync } from 'node:fs';

/** Writes `count` modules and `main.js`, which prints what its process has taken when all are loaded. */
export function writeProject(directory: string, count: number, kind: 'esm' | 'cjs'): void {
  mkdirSync(`${directory}/node_modules`, { recursive: true }); // the cache goes there
  for (let i = 0; i < count; i++) writeFileSync(`${directory}/m${i}.js`, moduleText(i, count, kind === 'esm'));
  const type = kind === 'esm' ? 'module' : 'commonjs';
  writeFileSync(`${directory}/package.json`, JSON.stringify({ type }));
  const first = kind === 'esm' ? `import { total } from './m0.js';` : `const { total } = require('./m0.js');`;
  writeFileSync(
    `${directory}/main.js`,
    `${first} const sum = total(), { user, system } = process.cpuUsage();
     console.log(JSON.stringify({ sum, wallMs: performance.now(), cpuMs: (user + system) / 1000 }));`,
  );
}

function moduleText(i: number, count: number, esm: boolean): string {
  const others = [2 * i + 1, 2 * i + 2].filter((each) => each < count);
  const imports = others.map((other, k) =>
    esm
      ? `import { total as total${k} } from './m${other}.js';`
      : `const { total: total${k} } = require('./m${other}.js');`,
  );
  return `// Module ${i} of a generated project.
${imports.join('\n')}
class Account {
  #balance = 0;
  constructor(owner) { this.owner = owner; this.history = []; }
  deposit(amount) {
    if (amount < 0) throw new RangeError('expected a positive amount, got ' + amount);
    this.#balance += amount;
    this.history.push({ kind: 'deposit', amount });
    return this;
  }
  get balance() { return this.#balance; }
  entries() { return this.history.map((entry) => \`\${entry.kind}: \${entry.amount}\`); }
}
function parse(text) {
  const words = text.split(/\\s+/).filter((word) => word.length > 0);
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
const options = { name: 'module ${i}', limit: ${i}, format: (value) => value.toFixed(2), items: ['a', 'b', 'c'] };
async function load(read, name) {
  try {
    return parse(await read(name)).slice(0, options.limit);
  } catch (error) {
    return [[String(error), 0]];
  }
}
function total() {
  const account = new Account('owner ${i}').deposit(${i});
  return account.balance + ${others.map((_, k) => `total${k}()`).join(' + ') || '0'};
}
${esm ? 'export { total, parse, load };' : 'module.exports = { total, parse, load };'}
`;
}
