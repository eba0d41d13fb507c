// The option `builtins` of start(), as a program sees it: whose calls are shown, and which are not the program's.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { clear, load, print, run, save, snapshot, start, stop } from '../src/index.ts';
import type { Profile, StartOptions } from '../src/index.ts';

const called = ({ functions }: Profile) =>
  Object.fromEntries(
    functions.filter(({ kind, calls }) => kind === 'builtin' && calls > 0).map((fn) => [fn.name, fn.calls]),
  );

describe('start({ builtins })', () => {
  beforeEach(() => clear());
  afterEach(() => stop());

  it('is off unless asked for', () => {
    start();
    JSON.parse('1');
    stop();
    expect(called(snapshot())).to.deep.equal({});
    start({ builtins: false });
    JSON.parse('1');
    stop();
    expect(called(snapshot())).to.deep.equal({});
  });

  it('shows built-in functions, and puts them back at the stop', () => {
    const { parse } = JSON;
    start({ builtins: 'without-exec' });
    JSON.parse('1');
    JSON.parse('2');
    const during = JSON.parse;
    stop();
    expect(during).to.not.equal(parse);
    expect(JSON.parse).to.equal(parse);
    expect(called(snapshot())).to.deep.equal({ 'JSON.parse': 2 });
  });

  it('is an option of run() too', async () => {
    const { result, profile } = await run(() => JSON.stringify([1]), { builtins: 'without-exec' });
    expect(result).to.equal('[1]');
    expect(called(profile)).to.deep.equal({ 'JSON.stringify': 1 });
  });

  it('does not show what everycall itself calls', () => {
    const folder = mkdtempSync(join(tmpdir(), 'everycall-'));
    try {
      start({ builtins: 'without-exec' });
      const profile = snapshot();
      let text = '';
      print(profile, {}, (printed) => void (text = printed));
      save(profile, join(folder, 'p.json.gz'));
      const loaded = load(join(folder, 'p.json.gz'));
      stop();
      expect(text).to.not.equal('');
      expect(loaded.functions).to.have.length(profile.functions.length);
      expect(called(snapshot())).to.deep.equal({});
    } finally {
      stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('says what it takes', () => {
    const given = { builtins: 'some' } as unknown as StartOptions;
    expect(() => start(given)).to.throw("start() expects 'builtins' to be true, false or 'without-exec', got 'some'");
  });
});
