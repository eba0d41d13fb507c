// renderCollapsed(): folded stacks, read again as flamegraph.pl reads them.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import { renderCollapsed } from '../../src/exporters/collapsed.ts';
import { stackOf } from '../../src/statistics/assembly.ts';
import { richProfile, smallProfile } from '../support/flame-profiles.ts';
import { makeFunction, makeProfile, makeStackPart, ROOT, withoutCpu } from '../support/profiles.ts';
import { timesOfStacks } from '../support/speedscope.ts';

/** The names of each stack and its number, by the pattern that flamegraph.pl has. It looks for a second number, too. */
function fold(text: string): { names: string[]; ns: number }[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, stack, number] = /^(.*)\s+(\d+)$/.exec(line)!;
      expect(stack, 'a second number').to.not.match(/^(.*)\s+?(\d+(?:\.\d*)?)$/);
      return { names: stack.split(';'), ns: Number(number) };
    });
}

const unescaped = (name: string) =>
  name.replace(/\\u\{([0-9a-f]+)\}/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));

describe('renderCollapsed()', () => {
  it('writes each stack with its wall time in ns', () => {
    expect(renderCollapsed(smallProfile())).to.equal(
      ['main 1000', 'main;parse 2500000', 'main;parse;next 750000', 'main;next 12000', ''].join('\n'),
    );
  });

  it('has self and total of every function as the stacks have them, by either clock', () => {
    const profile = richProfile();
    for (const clock of ['wall', 'cpu'] as const) {
      const self = new Map<string, number>();
      const total = new Map<string, number>();
      const add = (map: Map<string, number>, name: string, ns: number) => map.set(name, (map.get(name) ?? 0) + ns);
      for (const { names, ns } of fold(renderCollapsed(profile, { clock }))) {
        add(self, unescaped(names.at(-1)!), ns);
        for (const name of new Set(names)) add(total, unescaped(name), ns);
      }
      const expected = timesOfStacks(profile, (part) => (clock === 'wall' ? part.selfWallNs : (part.selfCpuNs ?? 0)));
      expect(expected.size).to.be.above(3);
      for (const [name, { selfNs, totalNs }] of expected) {
        const shown = name === '' ? '(anonymous)' : name;
        expect(self.get(shown) ?? 0, `self of ${shown}`).to.equal(selfNs);
        expect(total.get(shown), `total of ${shown}`).to.equal(shown === '(event loop)' ? selfNs : totalNs);
      }
      expect([...total.keys()]).to.have.length(expected.size);
    }
  });

  it('puts the thread in front, threads of one name apart', () => {
    const sums = new Map<string, number>();
    for (const { names, ns } of fold(renderCollapsed(richProfile(), { perThread: true }))) {
      const thread = unescaped(names[0]);
      sums.set(thread, (sums.get(thread) ?? 0) + ns);
    }
    const naive = (thread: number) =>
      richProfile()
        .stacks.flatMap(({ parts }) => parts)
        .reduce((sum, part) => (part.thread === thread ? sum + part.selfWallNs : sum), 0);
    expect(Object.fromEntries(sums)).to.deep.equal({
      '4711: main': naive(0),
      '4711: pool; of\nworkers 7 (1)': naive(1),
      '4711: pool; of\nworkers 7 (2)': naive(2),
      '4712: main': naive(3),
      '4711: ended threads, together': naive(-1),
    });
  });

  it('gives any name back, whatever is in it', () => {
    const odd = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        'get x',
        'set size 12',
        'a;b',
        'a\nb',
        'a\r',
        ' 5',
        '5',
        'v 1.5',
        'a ',
        '\\u{a}',
        '\t9',
        'x\u00a07',
        '解 析',
      ),
    );
    fc.assert(
      fc.property(odd, odd, fc.integer({ min: 1, max: 1e15 }), (outer, inner, ns) => {
        fc.pre(outer !== '(event loop)' && inner !== '(event loop)');
        const profile = makeProfile({
          functions: [ROOT, makeFunction(1, { name: outer }), makeFunction(2, { name: inner })],
          stacks: [stackOf(-1, 0, []), stackOf(0, 1, []), stackOf(1, 2, [makeStackPart({ selfWallNs: ns })])],
        });
        const text = renderCollapsed(profile);
        expect(text.trim()).to.equal(text.slice(0, -1));
        const [{ names, ns: shown }, ...more] = fold(text);
        expect(more).to.deep.equal([]);
        expect(names.map(unescaped)).to.deep.equal([outer, inner]);
        expect(shown).to.equal(ns);
      }),
    );
  });

  it('adds up functions of one name, and tells them apart by their place if asked', () => {
    const functions = [ROOT, makeFunction(1, { name: 'f', line: 5 }), makeFunction(2, { name: 'f', line: 9 })];
    const part = (selfWallNs: number) => [makeStackPart({ selfWallNs, selfCpuNs: 1 })];
    const profile = makeProfile({
      functions,
      stacks: [stackOf(-1, 0, []), stackOf(0, 1, part(30)), stackOf(0, 2, part(12))],
    });
    expect(renderCollapsed(profile)).to.equal('f 42\n');
    expect(renderCollapsed(profile, { locations: true, cwd: '/app' })).to.equal('f (main.js:5) 30\nf (main.js:9) 12\n');
  });

  it('is empty for an empty profile', () => {
    expect(renderCollapsed(makeProfile())).to.equal('');
  });

  it('refuses values that are none, and CPU time where there is none', () => {
    const refused = (options: object, message: string, profile = smallProfile()) =>
      expect(() => renderCollapsed(profile, options)).to.throw(EverycallError, message);
    refused({ clock: 'CPU' }, "renderCollapsed() expects 'clock' to be wall or cpu, got 'CPU'");
    refused({ clock: 'cpu' }, 'the only one in this profile', withoutCpu(smallProfile()));
    refused({ perThread: 1 }, "renderCollapsed() expects 'perThread' to be a boolean, got 1");
    refused({ locations: 'yes' }, "renderCollapsed() expects 'locations' to be a boolean, got 'yes'");
  });
});
