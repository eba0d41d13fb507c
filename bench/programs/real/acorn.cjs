// A parser on a 1 MB bundle: many small functions, megamorphic calls, real data.
const { readFileSync } = require('node:fs');
const acorn = require('acorn');

const source = readFileSync(require.resolve('terser'), 'utf8');

exports.run = () => acorn.parse(source, { ecmaVersion: 'latest', sourceType: 'script' });
exports.check = ({ type, start, end, body }) => {
  if (type !== 'Program' || start !== 0 || end !== source.length || body.length === 0) throw new Error('not parsed');
};
