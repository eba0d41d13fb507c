// Dots for people; mocha's JSON result in the file named by MOCHA_JSON for .ci/run.
const { reporters } = require('mocha');

module.exports = class {
  constructor(runner, options) {
    this.shown = new reporters.Dot(runner, options);
    const output = process.env.MOCHA_JSON;
    if (output) this.json = new reporters.JSON(runner, { ...options, reporterOption: { output } });
  }

  done(failures, callback) {
    if (this.json) this.json.done(failures, callback);
    else callback(failures);
  }
};
