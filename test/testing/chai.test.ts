// The plugin in chai 6 and in chai 4; vitest.test.ts has it in chai 5.
import { createRequire } from 'node:module';
import * as chai6 from 'chai';
import { createPlugin } from '../../src/testing/chai.ts';
import everycall from '../../src/testing/chai.ts';
import { createCounts } from '../../src/testing/counts.ts';
import { profileOfSpans, withoutCpu } from '../support/profiles.ts';

// It has no types of its own.
const chai4 = createRequire(import.meta.url)('chai4') as typeof chai6;

function parse() {}

const profile = profileOfSpans([[['handle', 10, ['parse', 100], ['parse', 100], ['query', 1000]]]]);
const counts = createCounts({ matches: (stat, fn) => fn === parse && stat.name === 'parse' });

for (const [version, chai] of [
  [6, chai6],
  [4, chai4],
] as const) {
  describe(`the plugin in chai ${version}`, () => {
    let expect: Chai.ExpectStatic;
    before(() => {
      expect = chai.use(createPlugin(counts)).expect;
    });
    const fails = (assertion: () => void, message: string | RegExp) =>
      chai6.expect(assertion).to.throw(chai.AssertionError as unknown as ErrorConstructor, message);

    it('compares calls', () => {
      expect(profile).to.have.calls(parse, 2);
      expect(profile).to.have.calls('query', 1).and.calls('handle', 1);
      expect(profile).to.not.have.calls('query', 2);
      fails(() => expect(profile).to.have.calls(parse, 3), /^expected 3 calls of parse, got 2$/);
      fails(() => expect(profile).to.not.have.calls(parse, 2), /^expected another number of calls of parse than 2$/);
      fails(() => expect(profile, 'warm').to.have.calls(/q/, 3), /^warm: expected 3 calls of \/q\/, got 1$/);
    });

    it('goes on with the number of calls', () => {
      expect(profile).to.have.callsOf(parse).at.most(2);
      expect(profile).to.have.callsOf(parse).that.equals(2);
      expect(profile).to.have.callsOf('*').within(4, 4);
      expect(profile).to.not.have.callsOf(parse).above(2);
      fails(() => expect(profile).to.have.callsOf(parse).at.most(1), /^calls of parse: expected 2 to be at most 1$/);
      fails(
        () => expect(profile, 'warm').to.have.callsOf('Cache').at.least(1),
        /^warm: calls of Cache: expected \+?0 to be at least 1$/,
      );
    });

    it('goes on with times in ns', () => {
      expect(profile).to.have.selfWallNsOf('handle').equal(10);
      expect(profile).to.have.totalWallNsOf('handle').equal(1210);
      expect(profile).to.have.selfCpuNsOf(parse).below(201);
      expect(profile).to.have.totalCpuNsOf('handle').equal(1210);
      fails(
        () => expect(profile).to.have.selfWallNsOf(parse).below(200),
        /^selfWallNs of parse: expected 200 to be below 200$/,
      );
      chai6
        .expect(() => expect(withoutCpu(profile)).to.have.selfCpuNsOf(parse))
        .to.throw('selfCpuNsOf(): there is no CPU clock in this profile');
    });

    it('compares with a budget', () => {
      expect(profile).to.meetBudget([{ function: 'parse', max: { calls: 2 } }]);
      expect(profile).to.not.meetBudget([{ function: 'parse', max: { calls: 1 } }]);
      fails(
        () => expect(profile).to.meetBudget([{ function: 'parse', max: { calls: 1 } }]),
        /^expected the profile to meet its budget\n\nbroken: parse: at most 1 call\n {2}parse \/app\/main\.js:3: expected at most 1 call, got 2, 1 too many\n/,
      );
      fails(
        () =>
          expect(profile).to.not.meetBudget({
            format: 'everycall.budget',
            version: 1,
            rules: [{ function: 'parse', max: { calls: 2 } }],
          }),
        /^expected the profile to break its budget, but 1 of 1 rule holds$/,
      );
    });

    it('refuses what is no profile, number or budget, also negated', () => {
      for (const assertion of [
        () => expect(3).to.have.callsOf(parse).at.most(3),
        () => expect({ profile }).to.not.have.calls(parse, 1),
        () => expect(undefined).to.not.meetBudget([]),
      ]) {
        chai6.expect(assertion).to.throw(/\(\) expects a profile, got /);
      }
      chai6.expect(() => expect(profile).to.not.have.calls(parse, NaN)).to.throw('a whole number from 0');
      chai6
        .expect(() => expect(profile).to.not.have.calls(parse, undefined as never))
        .to.throw('a whole number from 0');
      chai6.expect(() => expect(profile).to.not.meetBudget([{} as never])).to.throw('checkBudget() expects ');
    });
  });
}

describe('everycall/chai', () => {
  it('is the plugin', () => {
    const { expect } = chai6.use(everycall);
    expect(profile).to.have.callsOf('parse').equal(2);
  });
});
