import { expect } from 'chai';
import fc from 'fast-check';
import { checkBudget } from '../../src/budget/check.ts';
import { renderBudgetGithub } from '../../src/exporters/budget-github.ts';
import { makeFunction, makeProfile, ROOT } from '../support/profiles.ts';
import { profile, result, rules } from './budget-sample.ts';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a workflow command as GitHub's runner documents it: escapes are undone last, and `%` last of them. */
function decode(line: string): Command | null {
  if (!line.startsWith('::')) return null;
  const end = line.indexOf('::', 2);
  const head = line.slice(2, end);
  const space = head.indexOf(' ');
  const undo = (text: string, codes: readonly string[]) =>
    codes.reduce((sofar, code) => sofar.split(`%${code}`).join(String.fromCharCode(parseInt(code, 16))), text);
  const properties: Record<string, string> = {};
  for (const pair of space < 0 ? [] : head.slice(space + 1).split(',')) {
    const equals = pair.indexOf('=');
    properties[pair.slice(0, equals)] = undo(pair.slice(equals + 1), ['0D', '0A', '3A', '2C', '25']);
  }
  return {
    name: space < 0 ? head : head.slice(0, space),
    properties,
    message: undo(line.slice(end + 2), ['0D', '0A', '25']),
  };
}

const commands = (text: string) =>
  text
    .split('\n')
    .map(decode)
    .filter((command) => command !== null);

describe('renderBudgetGithub()', () => {
  const text = renderBudgetGithub(result, { cwd: '/repo', budgetFile: '/repo/ci/budget.json' });

  it('annotates the line of each broken limit', () => {
    expect(commands(text).map(({ name, properties: { file, line } }) => [name, file, line])).to.deep.equal([
      ['error', 'src/server.ts', '15'],
      ['error', 'src/db.ts', '20'],
      ['error', 'src/db.ts', '20'],
      ['error', 'src/server.ts', '10'],
      ['error', 'C:/repo/ä,b%.ts', '30'],
      ['error', 'ci/budget.json', undefined],
    ]);
  });

  it('has the rule as title and what was measured as message', () => {
    expect(commands(text)[2]).to.deep.include({
      message: 'query: expected at most 4 calls, got 5, 1 too many',
    });
    expect(commands(text)[2].properties.title).to.equal(
      'query: at most 5 ms of self wall time, at most 4 calls and at least 1 call',
    );
    expect(commands(text)[4].message).to.match(/^größe, 50%: <"&\\u\{a\}/);
  });

  it('escapes what would end a property or the message', () => {
    expect(text).to.include(
      '::error file=C%3A/repo/ä%2Cb%25.ts,line=30,title=größe*%3A at most 1 call::größe, 50%25: <',
    );
  });

  it('ends with the number of rules that hold, and says nothing else where all do', () => {
    expect(text.endsWith('\n2 of 7 rules hold, 1 of them without a function of that name\n')).to.equal(true);
    expect(renderBudgetGithub(checkBudget(profile, rules.slice(0, 1)))).to.equal('1 of 1 rule holds\n');
  });

  it('warns where figures are missing', () => {
    const incomplete = { ...profile, dropped: { ...profile.dropped, threads: 2 } };
    expect(commands(renderBudgetGithub(checkBudget(incomplete, [])))[0]).to.deep.include({
      name: 'warning',
      properties: { title: 'everycall' },
    });
  });

  it('leaves out a place that is not known', () => {
    const lines = commands(renderBudgetGithub(result));
    expect(lines.at(-1)!.properties).to.have.all.keys('title');
  });

  it('keeps file, line and number of commands whatever the names hold', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('a', '%', '2', '5', ':', ',', '=', '\n', '\r', '::', ' ', '0A'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, hostile, (name, file) => {
        const of = makeProfile({ functions: [ROOT, makeFunction(1, { name, file: `/r/${file}`, line: 7, calls: 2 })] });
        const lines = renderBudgetGithub(checkBudget(of, [{ function: name, max: { calls: 1 } }]), { cwd: '/r' });
        const found = commands(lines);
        expect(lines.split('\n')).to.have.length(3);
        expect(found).to.have.length(1);
        expect(found[0].properties).to.include({ file, line: '7' });
        expect(found[0].properties).to.have.all.keys('file', 'line', 'title');
        expect(found[0].message).to.match(/got 2, 1 too many$/);
      }),
    );
  });
});
