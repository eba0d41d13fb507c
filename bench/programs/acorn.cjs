// A parser on a 1 MB bundle: many small functions, megamorphic calls, real data. `parser` is replaced by the bench.
const { readFileSync } = require('node:fs');
const acorn = require('acorn');

const source = readFileSync(require.resolve('terser'), 'utf8');

exports.run = () => acorn.parse(source, { ecmaVersion: 'latest', sourceType: 'script' }).body.length;
