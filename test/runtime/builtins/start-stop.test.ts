// When built-in functions are wrapped and restored, whatever the program has put in their place. RegExp.prototype.exec is
// wrapped in workers only: V8 runs regular expressions slower from then on in the same realm, and that would be the rest of
// the tests'.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { BUILTINS_WITHOUT_EXEC } from '../../../runtime/layout.ts';
import { takeSnapshot } from '../../../src/snapshot/snapshot.ts';
import { callsOf, edgesOf, stopSubjects, subject } from '../../support/builtin-subject.ts';
import { newFlags, raise, realRuntime, startProgram } from '../../support/worker-programs.ts';

describe('what the program has put in place of a built-in function', () => {
  stopSubjects();

  const { parse } = JSON;
  afterEach(() => void (JSON.parse = parse));

  it('before a start is wrapped, and back after the stop', () => {
    const mine = (text: string): unknown => [parse(text)];
    JSON.parse = mine;
    const s = subject();
    s.start();
    const result: unknown = JSON.parse('1');
    s.runtime.stop();
    expect(result).to.deep.equal([1]);
    expect(JSON.parse).to.equal(mine);
    expect(callsOf(s.profile())).to.deep.equal({ 'JSON.parse': 1 });
  });

  it('while it was wrapped stays, is never wrapped itself, and what it calls is recorded once', () => {
    const s = subject();
    s.start();
    const wrapped = JSON.parse;
    const mine = (text: string): unknown => wrapped(text);
    JSON.parse = mine;
    JSON.parse('1');
    s.runtime.stop();
    expect(JSON.parse).to.equal(mine);
    s.start();
    const during = JSON.parse;
    JSON.parse('2');
    s.runtime.stop();
    expect([during, JSON.parse]).to.deep.equal([mine, mine]);
    expect(callsOf(s.profile())).to.deep.equal({ 'JSON.parse': 2 });
  });

  it('and takes back after the stop: our wrapper goes at its next call', () => {
    const s = subject();
    s.start();
    const wrapped = JSON.parse;
    JSON.parse = () => 0;
    s.runtime.stop();
    JSON.parse = wrapped;
    expect(JSON.parse('1')).to.equal(1);
    expect(JSON.parse).to.equal(parse);
    expect(callsOf(s.profile())).to.deep.equal({});
  });

  it('on objects that cannot be changed or asked is left alone, with the rest recorded', () => {
    const s = subject();
    const { Atomics: atomics, JSON: json } = globalThis;
    const refuse = () => {
      throw new Error('not to be asked');
    };
    const refusing = new Proxy(atomics, { getOwnPropertyDescriptor: refuse });
    let during: unknown;
    try {
      Object.assign(globalThis, { JSON: Object.freeze({ parse, stringify: json.stringify }), Atomics: refusing });
      s.start();
      during = globalThis.JSON.parse;
      structuredClone(1);
      s.runtime.stop();
    } finally {
      Object.assign(globalThis, { JSON: json, Atomics: atomics });
    }
    expect(during).to.equal(parse);
    expect(callsOf(s.profile())).to.deep.equal({ structuredClone: 1 });
  });
});

describe('start and stop of built-in functions', () => {
  stopSubjects();

  it('wrap and restore once, however often they are called', () => {
    const s = subject();
    const { parse } = JSON;
    for (let i = 0; i < 3; i++) {
      s.start();
      s.start();
      JSON.parse('1');
      s.runtime.stop();
      expect(JSON.parse).to.equal(parse);
      s.runtime.stop();
      expect(JSON.parse).to.equal(parse);
    }
    expect(callsOf(s.profile())).to.deep.equal({ 'JSON.parse': 3 });
  });

  it('at the end of the stack leave everything as it was, and wrap after the job', async () => {
    const s = subject();
    const { parse } = JSON;
    const deep = (): boolean => {
      try {
        return deep();
      } catch {
        try {
          s.start();
        } catch {
          return false; // not even that fits; one level up it may
        }
        return true;
      }
    };
    deep();
    const text: unknown = JSON.parse('"works"');
    await pause(1);
    const afterJob = s.runtime.isRunning() ? JSON.parse : null;
    s.runtime.stop();
    expect(text).to.equal('works');
    expect(afterJob).to.not.equal(parse);
    expect(JSON.parse).to.equal(parse);
  });

  it('after the job, where wrapping failed as at the end of the stack', async () => {
    const s = subject();
    const { Atomics: atomics } = globalThis;
    let failures = 0;
    const failOnce = (target: object, key: string | symbol) => {
      if (failures++ === 0) throw new RangeError('as if');
      return Reflect.getOwnPropertyDescriptor(target, key);
    };
    const { toString } = Function.prototype;
    const seen: unknown[] = [];
    try {
      Object.assign(globalThis, { Atomics: new Proxy(atomics, { getOwnPropertyDescriptor: failOnce }) });
      s.start();
      seen.push(Function.prototype.toString !== toString); // the last in the table
      JSON.parse('1');
      await pause(1);
      seen.push(Function.prototype.toString !== toString);
      JSON.parse('2');
      s.runtime.stop();
    } finally {
      Object.assign(globalThis, { Atomics: atomics });
    }
    expect(seen).to.deep.equal([false, true]);
    expect(callsOf(s.profile())).to.deep.equal({ 'JSON.parse': 1 });
    expect(Function.prototype.toString).to.equal(toString);
  });

  it('on another thread take effect at its next event, or at the next call of a wrapper', async () => {
    const runtime = realRuntime();
    const flags = newFlags();
    const worker = startProgram<object>('builtinFollower', { arena: runtime.arena, flags });
    const until = async (index: number) => {
      while (Atomics.load(flags, index) === 0) await pause(2);
    };
    await until(1);
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null, builtins: BUILTINS_WITHOUT_EXEC });
    raise(flags, 6);
    await until(2);
    runtime.stop();
    raise(flags, 7);
    expect(await worker.result).to.deep.equal({ wrapped: true, byCall: [2], restored: true });
    await worker.ended;
    expect(edgesOf(takeSnapshot(runtime))).to.deep.equal({ '(event loop) → work': 1, '(event loop) → JSON.parse': 3 });
  });
});

describe('regular expressions', () => {
  stopSubjects();

  it('are recorded as the functions that the program called, with the same results', async () => {
    const runtime = realRuntime();
    const worker = startProgram<{ unwrapped: unknown[]; wrapped: unknown[] }>('builtinRegExps', {
      arena: runtime.arena,
    });
    const { unwrapped, wrapped } = await worker.result;
    await worker.ended;
    expect(unwrapped).to.have.length.above(10);
    expect(wrapped).to.deep.equal(unwrapped);
    expect(edgesOf(takeSnapshot(runtime))).to.deep.equal({
      '(event loop) → work': 1,
      'work → RegExp.prototype.exec': 3,
      'work → RegExp.prototype.test': 3,
      'RegExp.prototype.test → burn': 1, // the exec of a subclass
      'burn → RegExp.prototype.exec': 1,
      'work → RegExp.prototype[Symbol.replace]': 3,
      'RegExp.prototype[Symbol.replace] → leaf': 3,
      'RegExp.prototype[Symbol.replace] → RegExp.prototype.exec': 1, // in a callback
      'work → RegExp.prototype[Symbol.split]': 1,
      'work → RegExp.prototype[Symbol.match]': 1,
      'work → RegExp.prototype[Symbol.search]': 1,
    });
  });

  it("keep V8's fast exec without-exec", () => {
    const { exec } = RegExp.prototype;
    const s = subject();
    s.start(BUILTINS_WITHOUT_EXEC);
    const during = RegExp.prototype.exec;
    const found = /b/.test('abc') && 'abc'.replace(/b/, '') === 'ac';
    s.runtime.stop();
    expect([during, found]).to.deep.equal([exec, true]);
    expect(callsOf(s.profile())).to.deep.equal({ 'RegExp.prototype.test': 1, 'RegExp.prototype[Symbol.replace]': 1 });
  });
});
