// How a recording travels through environments: what is added, and that taking it leaves no trace.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { environmentWith, type RecordingSettings, takeSettings } from '../../src/recording/settings.ts';

const settings: RecordingSettings = { directory: '/tmp/x', start: { precision: 'exact' }, children: true };

/** With exactly these variables; gives what is left of them as well. */
function taken(environment: NodeJS.ProcessEnv): { settings: RecordingSettings | null; left: NodeJS.ProcessEnv } {
  const before = { ...process.env };
  const replace = (by: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, by);
  };
  replace(environment);
  try {
    return { settings: takeSettings(), left: { ...process.env } };
  } finally {
    replace(before);
  }
}

describe('settings of a recording', () => {
  it('are taken as they were given, and leave the environment as it was', () => {
    for (const own of [{}, { A: '1' }, { NODE_OPTIONS: '--no-warnings --stack-trace-limit=5', B: '' }]) {
      const environment = environmentWith(settings, own);
      expect(environment['NODE_OPTIONS']).to.match(/^--require ".*preload\.cjs"/);
      expect(taken(environment)).to.deep.equal({ settings, left: own });
    }
  });

  it('are none where nothing was given, whatever NODE_OPTIONS is', () => {
    const own = { NODE_OPTIONS: '--no-warnings' };
    expect(taken(own)).to.deep.equal({ settings: null, left: own });
  });

  it('are refused in one line where somebody else set the variable', () => {
    for (const value of ['', '{', '1', 'null', '{"directory":1}']) {
      expect(() => taken({ EVERYCALL_RECORDING: value }), value).to.throw(
        EverycallError,
        /^EVERYCALL_RECORDING: expected .*$/,
      );
    }
  });
});
