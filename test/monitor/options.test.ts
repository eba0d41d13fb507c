// Options of the monitor, from code and from the environment.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { monitorOf, withToken } from '../../src/monitor/environment.ts';
import { checkMonitorOptions, httpOf, parseHttpAddress } from '../../src/monitor/options.ts';

const TOKEN = 'a-token-that-is-long';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('checkMonitorOptions()', () => {
  it('takes what is allowed', () => {
    const good = [
      true,
      false,
      {},
      { http: true },
      { http: 8080 },
      { http: { port: 0, host: '127.0.0.2', token: TOKEN, hosts: ['me.local'] } },
      { http: { host: '0.0.0.0', allowRemote: true, token: TOKEN } },
    ];
    for (const options of good) checkMonitorOptions('start()', options);
  });

  it('refuses an address that other machines can reach without the flag, or without a token', () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', '1.127.0.1']) {
      expect(refusal(() => checkMonitorOptions('start()', { http: { host, token: TOKEN } }))).to.equal(
        `start() expects 'allowRemote' with a host that other machines can reach, got '${host}'`,
      );
      expect(refusal(() => checkMonitorOptions('start()', { http: { host, allowRemote: true } }))).to.equal(
        "start() expects a 'token' with a host that other machines can reach, got 'none'",
      );
    }
  });

  it('refuses what is no option, without quoting a token', () => {
    expect(refusal(() => checkMonitorOptions('start()', { https: true }))).to.contain("no option 'https'");
    expect(refusal(() => checkMonitorOptions('start()', { http: 70000 }))).to.contain("'http' to be");
    expect(refusal(() => checkMonitorOptions('start()', { http: { host: 'example.com' } }))).to.contain("'host' to be");
    for (const token of ['short', 'with spaces in it, long', 'ünicode-ünicode-ünicode']) {
      const message = refusal(() => checkMonitorOptions('start()', { http: { token } }));
      expect(message).to.contain("'token' to be").and.not.contain(token);
    }
  });
});

describe('parseHttpAddress()', () => {
  it('reads [HOST:]PORT', () => {
    expect(parseHttpAddress('0')).to.deep.equal({ port: 0 });
    expect(parseHttpAddress('127.0.0.1:80')).to.deep.equal({ host: '127.0.0.1', port: 80 });
    expect(parseHttpAddress('[::1]:65535')).to.deep.equal({ host: '::1', port: 65535 });
    for (const bad of ['', 'x', '1.2.3:80', '::1:80', '65536', '-1', '80:', ' 80', 'http://localhost:80']) {
      expect(parseHttpAddress(bad), bad).to.equal(null);
    }
  });
});

describe('the environment', () => {
  it('asks for a monitor', () => {
    expect(['', '0', 'off', '1', 'on'].map((value) => monitorOf({ EVERYCALL_MONITOR: value }))).to.deep.equal([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(httpOf(monitorOf({ EVERYCALL_MONITOR: '8080' }))).to.deep.include({ port: 8080 });
    expect(refusal(() => monitorOf({ EVERYCALL_MONITOR: 'yes' }))).to.contain('EVERYCALL_MONITOR expects');
    expect(refusal(() => monitorOf({ EVERYCALL_MONITOR: '0.0.0.0:80' }))).to.contain("'allowRemote'");
    const remote = { EVERYCALL_MONITOR: '0.0.0.0:80', EVERYCALL_MONITOR_REMOTE: '1' };
    expect(refusal(() => monitorOf({ ...remote }))).to.contain("a 'token'");
    expect(httpOf(monitorOf({ ...remote, EVERYCALL_MONITOR_TOKEN: TOKEN }))).to.deep.include({ token: TOKEN });
  });

  it('holds the token no longer when it was read', () => {
    const env = { EVERYCALL_MONITOR_TOKEN: TOKEN, OTHER: '1' };
    expect(httpOf(withToken('x', { http: true }, env))).to.deep.equal({ token: TOKEN });
    expect(env).to.deep.equal({ OTHER: '1' });
  });
});
