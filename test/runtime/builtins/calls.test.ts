// Calls of built-in functions, against plain counters of the test's own, and which calls are not recorded.
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs, { existsSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { BUILTINS_OFF, BUILTINS_WITHOUT_EXEC } from '../../../runtime/layout.ts';
import { callsOf, edgesOf, functionOf, Subject, stopSubjects, subject } from '../../support/builtin-subject.ts';
import { PRECISIONS } from '../../support/driven-runtime.ts';

for (const precision of PRECISIONS) {
  describe(`calls of built-in functions, ${precision}`, () => {
    stopSubjects();

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
  stopSubjects();

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
