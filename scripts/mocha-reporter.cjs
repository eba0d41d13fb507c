// Dots for people, and what fails as soon as it does; mocha's JSON result in the file named by MOCHA_JSON for .ci/run.
const { reporters } = require('mocha');

module.exports = class {
  constructor(runner, options) {
    this.shown = new reporters.Dot(runner, options);
    const output = process.env.MOCHA_JSON;
    if (output) new reporters.JSON(runner, { ...options, reporterOption: { output } });
    runner.on('fail', (test, error) => process.stdout.write(`\n  failed: ${test.fullTitle()}: ${error.message}\n  `));
  }
};
