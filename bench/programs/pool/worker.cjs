// Parses the same file for every message and answers with the number of its tokens.
const { readFileSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');
const acorn = require('acorn');

const source = readFileSync(require.resolve('handlebars/dist/cjs/handlebars/compiler/parser'), 'utf8');

function tokensOf(text) {
  let tokens = 0;
  acorn.parse(text, { ecmaVersion: 'latest', sourceType: 'script', onToken: () => tokens++ });
  return tokens;
}

parentPort.on('message', () => parentPort.postMessage(tokensOf(source)));
