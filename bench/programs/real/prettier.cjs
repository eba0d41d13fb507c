// Formats a file of Express: Babel's parser, prettier's documents and their printing.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const prettier = require('prettier/standalone');
const plugins = [require('prettier/plugins/babel'), require('prettier/plugins/estree')];

const source = readFileSync(join(dirname(require.resolve('express')), 'lib/response.js'), 'utf8');
const wordsOf = (text) => text.match(/\w+/g).join(' ');

exports.run = () => prettier.format(source, { parser: 'babel', plugins, singleQuote: true, quoteProps: 'preserve' });
exports.check = (text) => {
  if (text === source || wordsOf(text) !== wordsOf(source)) throw new Error('the text has other words');
};
