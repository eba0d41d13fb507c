// njsTrace at its cheapest, as its documentation asks for where one measures: no arguments, no try/catch, and a formatter
// that drops what it is told. BENCH_FOLDERS says what to instrument.
const { join } = require('node:path');
const njstrace = require('njstrace');
const Formatter = require(join(require.resolve('njstrace'), '../lib/formatter.js'));

class Silent extends Formatter {
  onEntry() {}
  onExit() {}
}

njstrace.inject({
  files: JSON.parse(process.env.BENCH_FOLDERS).map((folder) => `**${folder}**`),
  inspectArgs: false,
  wrapFunctions: false,
  formatter: new Silent(),
});
