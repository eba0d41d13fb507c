// Built-in functions as functions of their own. Their calls against plain counters of the test's own; what a program can
// find out about them against what it could before. RegExp.prototype.exec is wrapped in workers only: V8 runs regular
// expressions slower from then on in the same realm, and that would be the rest of the tests'.
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs, { existsSync } from 'node:fs';
import * as namespace from 'node:fs';
import zlib from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { BUILTINS } from '../../runtime/builtin-table.ts';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { type RuntimeOptions, attachTo, createRuntime } from '../../runtime/instance.ts';
import { BUILTINS_OFF, BUILTINS_WITHOUT_EXEC, CONTROL } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { FunctionStats, Precision, Profile } from '../../src/profile.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { PRECISIONS } from '../support/driven-runtime.ts';
import { newFlags, raise, realRuntime, startProgram } from '../support/worker-programs.ts';

const SITES = ['outer', 'inner', 'callback'];

/** A runtime with three sites, and its stop for when the test is over. */
class Subject {
  readonly runtime: Runtime;
  readonly #base: number;

  constructor(options: RuntimeOptions = {}) {
    this.runtime = createRuntime({ arenaBytes: 8 << 20, ...options });
    this.runtime.arena.F[CONTROL.exactInnerNs] = 1; // known, so that a start need not measure it
    const sites = SITES.map((name, i) => [name, 1, i + 1, 0]);
    this.#base = this.runtime.register('test.js', '', sites.length, JSON.stringify({ sites, left: [] }));
  }

  start(builtins = BUILTINS_WITHOUT_EXEC, precision: Precision = 'exact', onlyThread: number | null = null): void {
    this.runtime.start({ precision, overhead: 0.03, tickMs: 1, onlyThread, builtins });
  }

  /** As an instrumented function of that name would. */
  call<T>(name: string, body: () => T): T {
    const { state, enter, exit } = this.runtime;
    const handle = state[0] === 0 ? 0 : enter(this.#base + SITES.indexOf(name) * SITE_STRIDE);
    try {
      return body();
    } finally {
      if (handle !== 0) exit(handle);
    }
  }

  profile(): Profile {
    return this.runtime.asOwnWork(() => takeSnapshot(this.runtime));
  }
}

function functionOf({ functions }: Profile, name: string): FunctionStats | undefined {
  return functions.find((fn) => fn.name === name);
}

/** Calls of everything that was called, but for the event loop and garbage collection. */
function callsOf({ functions }: Profile): Record<string, number> {
  const called = functions.filter(({ kind, calls }) => calls > 0 && kind !== 'gc');
  return Object.fromEntries(called.map(({ name, calls }) => [name, calls]));
}

function edgesOf({ functions, edges }: Profile): Record<string, number> {
  return Object.fromEntries(
    edges.map(({ caller, callee, calls }) => [`${functions[caller].name} → ${functions[callee].name}`, calls]),
  );
}

const subjects: Subject[] = [];
function subject(options?: RuntimeOptions): Subject {
  const made = new Subject(options);
  subjects.push(made);
  return made;
}

afterEach(() => {
  for (const { runtime } of subjects.splice(0)) runtime.stop();
});

interface Survey {
  readonly titles: string[];
  readonly notWrapped: string[];
  readonly during: string[];
  readonly after: string[];
  readonly notRestored: string[];
}

describe('wrapped built-in functions', () => {
  let survey: Survey;
  before(async () => {
    survey = await startProgram<Survey>('builtinSurvey', { arena: realRuntime().arena }).result;
  });

  it('are all that are in the table', () => {
    expect(survey.titles.length).to.be.above(80);
    expect(survey.notWrapped).to.deep.equal([]);
  });

  it('keep name, length, text, properties, prototype, place, `new`, `this`, results and errors', () => {
    expect(survey.during).to.deep.equal([]);
  });

  it('are the very same functions after a stop', () => {
    expect(survey.notRestored).to.deep.equal([]);
    expect(survey.after).to.deep.equal([]);
  });

  it('are all of fs, child_process, zlib and crypto whose names end in Sync', () => {
    for (const [file, module] of Object.entries({ fs, child_process: childProcess, zlib, crypto })) {
      const known = new Set(BUILTINS.filter((group) => group.file === `node:${file}`).flatMap(({ names }) => names));
      const missing = Object.keys(module).filter((name) => name.endsWith('Sync') && !known.has(name));
      expect(missing, file).to.deep.equal([]);
    }
  });

  it('keep what the program puts on them', () => {
    const { start, runtime } = bound(subject());
    start();
    (JSON.parse as unknown as { mark: number }).mark = 7;
    runtime.stop();
    expect(JSON.parse).to.have.property('mark', 7);
    delete (JSON.parse as unknown as { mark?: number }).mark;
  });

  it('are what named imports and namespaces give, too', () => {
    const original = existsSync;
    const { start, runtime, profile } = bound(subject());
    start();
    const found = existsSync('/');
    const [byName, byNamespace] = [existsSync, namespace.existsSync];
    const { existsSync: byModule } = fs;
    runtime.stop();
    expect(found).to.equal(true);
    expect(byName).to.equal(byModule).and.to.equal(byNamespace).and.to.not.equal(original);
    expect(existsSync).to.equal(original);
    expect(callsOf(profile())).to.deep.equal({ existsSync: 1 });
  });

  it('work, every kind of them', () => {
    const s = subject();
    s.start();
    const folder = fs.mkdtempSync('/tmp/everycall-');
    fs.writeFileSync(`${folder}/a`, 'text');
    const text = fs.readFileSync(`${folder}/a`, 'utf8');
    const real = fs.realpathSync.native(folder);
    fs.rmSync(folder, { recursive: true });
    const packed = zlib.gunzipSync(zlib.gzipSync('packed')).toString();
    const derived = crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha256').toString('hex');
    const bytes = crypto.randomBytes(8).length;
    const digest = crypto.createHash('sha256').update('a').digest('hex');
    const mac = crypto.createHmac('sha256', 'key').update('a').digest('hex');
    const echoed = childProcess.execFileSync('echo', ['hello']).toString();
    const clone = structuredClone({ a: [1] });
    const json = JSON.stringify(JSON.parse('{"a":1}'));
    const sorted = [3, 1, 2].toSorted((a, b) => a - b);
    s.runtime.stop();
    expect({ text, packed, bytes, echoed, clone, json, sorted }).to.deep.equal({
      text: 'text',
      packed: 'packed',
      bytes: 8,
      echoed: 'hello\n',
      clone: { a: [1] },
      json: '{"a":1}',
      sorted: [1, 2, 3],
    });
    expect(real).to.equal(folder);
    expect(derived).to.equal(crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha256').toString('hex'));
    expect(digest).to.equal(crypto.createHash('sha256').update('a').digest('hex'));
    expect(mac).to.equal(crypto.createHmac('sha256', 'key').update('a').digest('hex'));
    const called = edgesOf(s.profile());
    for (const name of [
      ...['mkdtempSync', 'writeFileSync', 'readFileSync', 'realpathSync.native', 'rmSync', 'gzipSync', 'gunzipSync'],
      ...['pbkdf2Sync', 'randomBytes', 'Hash.prototype.digest', 'Hmac.prototype.digest', 'execFileSync'],
      ...['structuredClone', 'JSON.parse', 'JSON.stringify', 'Array.prototype.toSorted'],
    ]) {
      expect(called, name).to.have.property(`(event loop) → ${name}`, 1);
    }
    expect(called).to.have.property('(event loop) → Hash.prototype.update', 2); // that of Hmac is the same function
  });

  it('say which module they are from, have no line, and count as of this version of Node', () => {
    const s = subject();
    s.start();
    existsSync('/');
    JSON.parse('1');
    s.runtime.stop();
    const profile = s.profile();
    const identity = (name: string) => {
      const { file, line, column, kind, key } = functionOf(profile, name)!;
      return { file, line, column, kind, key };
    };
    expect(identity('existsSync')).to.deep.equal({
      ...{ file: 'node:fs', line: 0, column: 0, kind: 'builtin' },
      key: 'node:fs:0:0:existsSync',
    });
    expect(identity('JSON.parse')).to.deep.include({ file: 'javascript', kind: 'builtin' });
    expect(profile.sources).to.deep.include({ file: 'node:fs', hash: process.version });
  });
});

/** The methods, to be called without their object. */
function bound(s: Subject) {
  return { runtime: s.runtime, start: s.start.bind(s), profile: s.profile.bind(s), call: s.call.bind(s) };
}

for (const precision of PRECISIONS) {
  describe(`calls of built-in functions, ${precision}`, () => {
    it('are counted exactly, by caller, whatever the program does with them', () => {
      const step = fc.oneof(
        fc.record({ do: fc.constant('call' as const), caller: fc.constantFrom('outer', 'inner', '(event loop)') }),
        fc.record({ do: fc.constantFrom('stop' as const, 'start' as const, 'off' as const, 'clear' as const) }),
      );
      const work: Record<string, () => unknown> = {
        'JSON.parse': () => JSON.parse('[]'),
        'JSON.stringify': () => JSON.stringify({}),
        structuredClone: () => structuredClone(1),
        existsSync: () => existsSync('/'),
        'Array.prototype.sort': () => [2, 1].sort(),
      };
      const names = Object.keys(work);
      fc.assert(
        fc.property(fc.array(fc.tuple(step, fc.nat(names.length - 1)), { maxLength: 60 }), (steps) => {
          const s = new Subject();
          const counts: Record<string, number> = {};
          let state: 'on' | 'off' | 'stopped' = 'stopped';
          try {
            for (const [given, which] of steps) {
              if (given.do === 'call') {
                const { caller } = given;
                if (state === 'on')
                  counts[`${caller} → ${names[which]}`] = (counts[`${caller} → ${names[which]}`] ?? 0) + 1;
                if (caller === '(event loop)') work[names[which]]();
                else {
                  if (state !== 'stopped')
                    counts[`(event loop) → ${caller}`] = (counts[`(event loop) → ${caller}`] ?? 0) + 1;
                  s.call(caller, work[names[which]]);
                }
              } else if (given.do === 'clear') {
                s.runtime.clear();
                for (const key of Object.keys(counts)) delete counts[key];
              } else if (given.do === 'stop') {
                s.runtime.stop();
                state = 'stopped';
              } else if (state === 'stopped') {
                s.start(given.do === 'off' ? BUILTINS_OFF : BUILTINS_WITHOUT_EXEC, precision);
                state = given.do === 'off' ? 'off' : 'on';
              }
            }
          } finally {
            s.runtime.stop();
          }
          expect(edgesOf(s.profile())).to.deep.equal(counts);
        }),
        { numRuns: 20 },
      );
    });

    it('lead on to the callbacks that they are given', () => {
      const s = subject();
      let compared = 0;
      let revived = 0;
      s.start(BUILTINS_WITHOUT_EXEC, precision);
      s.call('outer', () => {
        [5, 3, 8, 1].sort((a, b) => s.call('callback', () => (compared++, a - b)));
        JSON.parse('[1,2]', (_, value: unknown) => s.call('inner', () => (revived++, value)));
      });
      s.runtime.stop();
      expect(compared).to.be.above(2);
      expect(edgesOf(s.profile())).to.deep.equal({
        '(event loop) → outer': 1,
        'outer → Array.prototype.sort': 1,
        'Array.prototype.sort → callback': compared,
        'outer → JSON.parse': 1,
        'JSON.parse → inner': revived,
      });
    });

    it('take their time from their caller, blocked or busy', () => {
      const s = subject();
      const word = new Int32Array(new SharedArrayBuffer(4));
      s.start(BUILTINS_WITHOUT_EXEC, precision);
      const lastedMs = [
        () => void Atomics.wait(word, 0, 0, 60),
        () => void childProcess.execFileSync('sleep', ['0.06']), // how long that takes in all is the machine's business
      ].map((work) => {
        const beganMs = performance.now();
        s.call('outer', work);
        return performance.now() - beganMs;
      });
      s.runtime.stop();
      const profile = s.profile();
      const [wait, exec, outer] = ['Atomics.wait', 'execFileSync', 'outer'].map((name) => functionOf(profile, name)!);
      expect(wait.selfWallNs / 1e6).to.be.within(55, lastedMs[0] + 1);
      expect(exec.totalWallNs / 1e6).to.be.within(55, lastedMs[1] + 1);
      expect(outer.selfWallNs / 1e6).to.be.below(20);
      expect(outer.totalWallNs / 1e6).to.be.above(115);
    });

    it('that throw are ended and counted', () => {
      const s = subject();
      s.start(BUILTINS_WITHOUT_EXEC, precision);
      s.call('outer', () => {
        for (let i = 0; i < 3; i++) {
          try {
            JSON.parse('{');
          } catch {
            s.call('inner', () => {});
          }
        }
      });
      s.runtime.stop();
      const profile = s.profile();
      expect(edgesOf(profile)).to.deep.equal({
        '(event loop) → outer': 1,
        'outer → JSON.parse': 3,
        'outer → inner': 3,
      });
      const { open, errors } = functionOf(profile, 'JSON.parse')!;
      expect({ open, errors }).to.deep.equal({ open: 0, errors: 3 });
      expect(functionOf(profile, 'outer')!.errors).to.equal(0);
    });
  });
}

describe('calls of built-in functions that are not recorded', () => {
  it('are those with a callback, which do not block', async () => {
    const s = subject();
    s.start();
    const bytes = await new Promise<Buffer>((resolve, reject) =>
      crypto.randomBytes(8, (error, made) => (error ? reject(error) : resolve(made))),
    );
    const inTime = crypto.randomBytes(4).length;
    s.runtime.stop();
    expect([bytes.length, inTime]).to.deep.equal([8, 4]);
    expect(callsOf(s.profile())).to.have.property('randomBytes', 1);
  });

  it("are the profiler's own", () => {
    const s = subject();
    s.start();
    s.runtime.asOwnWork(() => JSON.parse('1'));
    s.runtime.withoutCharge(() => JSON.parse('2'));
    s.runtime.register('late.js', 'v', 1, '{"sites":[["late",1,1,0]],"left":[]}');
    s.profile();
    expect(() => s.runtime.asOwnWork(() => JSON.parse('{'))).to.throw(SyntaxError);
    JSON.parse('3');
    s.runtime.stop();
    const { 'JSON.parse': parsed, 'JSON.stringify': written = 0 } = callsOf(s.profile());
    expect({ parsed, written }).to.deep.equal({ parsed: 1, written: 0 });
  });

  it('are all, in a session that does not ask for them, of which nothing is loaded or wrapped', () => {
    const originals = [JSON.parse, existsSync, fs.readFileSync, Function.prototype.toString];
    const { getBuiltinModule } = process;
    const loaded: string[] = [];
    process.getBuiltinModule = ((name: string) => {
      loaded.push(name);
      return getBuiltinModule(name);
    }) as typeof getBuiltinModule;
    let during: unknown[] = [];
    try {
      const s = subject();
      s.start(BUILTINS_OFF);
      during = [JSON.parse, existsSync, fs.readFileSync, Function.prototype.toString];
      s.call('outer', () => JSON.parse('1'));
      s.runtime.stop();
      expect(callsOf(s.profile())).to.deep.equal({ outer: 1 });
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
    expect(during).to.deep.equal(originals);
    expect(loaded.filter((name) => name !== 'node:fs' && name !== 'node:wasi')).to.deep.equal([]); // those of the clock
  });

  it('are those on threads that the session is not for', () => {
    const s = subject();
    const { parse } = JSON;
    s.start(BUILTINS_WITHOUT_EXEC, 'exact', s.runtime.serial + 1);
    const during = JSON.parse;
    s.call('outer', () => JSON.parse('1'));
    s.runtime.stop();
    expect(during).to.equal(parse);
    expect(callsOf(s.profile())).to.deep.equal({});
  });

  it('are those of a wrapper that the program kept, once the profiler is stopped, and again once it runs', () => {
    const s = subject();
    s.start();
    const { parse } = JSON;
    s.runtime.stop();
    const stopped: unknown = parse('[1]');
    s.start();
    const restarted: unknown = parse('[2]');
    const same = JSON.parse === parse;
    s.runtime.stop();
    s.start(BUILTINS_OFF);
    parse('3');
    s.runtime.stop();
    expect([stopped, restarted, same]).to.deep.equal([[1], [2], true]);
    expect(callsOf(s.profile())).to.deep.equal({ 'JSON.parse': 1 });
  });
});

describe('what the program has put in place of a built-in function', () => {
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

describe('(garbage collection)', () => {
  const { gc } = globalThis;
  before(function () {
    if (gc === undefined) throw new Error('the tests need --expose-gc');
  });
  const rowOf = (profile: Profile) => profile.functions.find(({ kind }) => kind === 'gc');

  it('counts collections and their time, beside the time of the threads', () => {
    const s = subject();
    s.start();
    s.call('outer', () => {
      for (let i = 0; i < 5; i++) gc!();
    });
    s.runtime.stop();
    gc!();
    gc!();
    const profile = s.profile();
    const row = rowOf(profile)!;
    expect(row.name).to.equal('(garbage collection)');
    expect(row.calls).to.be.within(5, 6); // one may come on its own
    expect(row.selfWallNs).to.be.above(0);
    expect(row.longestBlockNs).to.be.within(row.selfWallNs / row.calls, row.selfWallNs);
    expect(row.durations.reduce((sum, { calls }) => sum + calls, 0)).to.equal(row.calls);
    const outer = functionOf(profile, 'outer')!;
    expect(outer.selfWallNs, 'its time is also in what it interrupts').to.be.above(row.selfWallNs * 0.8);
    const others = profile.functions.filter((fn) => fn !== row);
    const sum = others.reduce((ns, { selfWallNs }) => ns + selfWallNs, 0);
    expect(profile.threads[0].wallNs).to.be.closeTo(sum, others.length);
    expect(profile.threads[0].calls).to.equal(1);
    expect(profile.threads[0].wallNs).to.be.at.most(profile.sessions[0].durationNs * 1.01);
    expect(profile.edges.map(({ callee }) => profile.functions[callee].kind)).to.not.include('gc');
    expect(Object.values(profile.dropped).every((n) => n === 0)).to.equal(true);
  });

  it('is there while the program runs on, for all to read', async () => {
    const s = subject();
    s.start();
    gc!();
    gc!();
    for (let i = 0; i < 200 && (rowOf(s.profile())?.calls ?? 0) < 2; i++) await pause(5);
    const during = rowOf(s.profile())!.calls;
    for (let i = 0; i < 3; i++) gc!();
    s.runtime.stop();
    expect(during).to.be.at.least(2);
    expect(rowOf(s.profile())!.calls).to.be.at.least(during + 3);
  });

  it('is there in the middle of a job that goes on, after a thousand ticks', () => {
    let nowNs = 0;
    const s = subject({ clock: { wallNs: () => nowNs } });
    const other = attachTo(s.runtime);
    const seen = () => rowOf(takeSnapshot(other))?.calls ?? 0;
    s.start();
    gc!();
    const early = seen();
    for (let tick = 0; tick < 1100; tick++) {
      nowNs += 1e6;
      s.call('outer', () => {});
    }
    const late = seen();
    s.runtime.stop();
    expect(early).to.equal(0);
    expect(late).to.be.at.least(1);
  });

  it('is forgotten by a clear, and absent where nobody asked', () => {
    const s = subject();
    s.start();
    gc!();
    s.runtime.clear();
    const cleared = rowOf(s.profile())?.calls ?? 0;
    s.runtime.stop();
    s.start(BUILTINS_OFF);
    gc!();
    s.runtime.stop();
    expect(cleared).to.equal(0);
    expect(rowOf(s.profile())).to.equal(undefined);
  });
});
