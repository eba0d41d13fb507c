// Makes a file of Express small: parsing, scopes, a compressor of many passes, printing.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { minify } = require('terser');

const source = readFileSync(join(dirname(require.resolve('express')), 'lib/response.js'), 'utf8');

exports.run = async () => (await minify(source)).code;
exports.check = (code) => {
  new Function('require', 'module', 'exports', code); // throws if it is no JavaScript
  if (!(code.length > 1000 && code.length < source.length / 2)) throw new Error(`${code.length} characters`);
};
