// The command line, given anything: it is understood or refused in one line, and what it names is read and written whole or
// not at all.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { budgetOf, renderBudget } from '../../src/budget/update.ts';
import { OPTION_NAMES } from '../../src/cli/arguments.ts';
import { check } from '../../src/cli/check.ts';
import { parseCommandLine } from '../../src/cli/options.ts';
import { diffReport, report } from '../../src/cli/saved.ts';
import { FORMAT_IDS } from '../../src/exporters/format-names.ts';
import { renderJson } from '../../src/exporters/json.ts';
import { COLUMN_IDS } from '../../src/index.ts';
import { anyProfile } from '../support/any-profile.ts';
import { cut, cuts, fuzz, gives } from './fuzz.ts';

const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const [profile, other] = fc.sample(anyProfile(), { numRuns: 2, seed: 11 });
const FILES = ['a.json', 'b.json', 'broken.json', 'budget.json', 'missing.json', 'text.txt', '.', 'main.cjs'];

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', '')), // no argument can hold one
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '1e9',
    'NaN',
    'all',
    'wall',
    'cpu',
    'exact',
    '',
    ' ',
    '*',
    '**',
    '[',
    '(own)',
    'x:desc',
    '__proto__',
    ...FORMAT_IDS,
    ...COLUMN_IDS,
  ),
);
const anyOption = fc
  .tuple(fc.constantFrom(...OPTION_NAMES), fc.oneof(anyText, fc.constantFrom(...FILES)), fc.nat(3))
  .map(([name, value, how]) => (how === 0 ? [`--${name}`] : how === 1 ? [`--${name}=${value}`] : [`--${name}`, value]));
const anyArgument = fc.oneof(
  { weight: 4, arbitrary: anyOption },
  { weight: 1, arbitrary: anyText.map((text) => [text]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-o', '-h', '-v', '--', '-x', '--no-x', '--__proto__', '-', '--=').map((text) => [text]),
  },
  { weight: 3, arbitrary: fc.constantFrom(...FILES).map((text) => [text]) },
);
const commands = fc.constantFrom('run', 'report', 'diff', 'check', 'report', 'diff', 'check', '');
const anyArguments = fc
  .tuple(commands, fc.array(anyArgument, { maxLength: 6 }))
  .map(([command, args]) => [...(command === '' ? [] : [command]), ...args.flat()]);

describe('command lines by chance', () => {
  let folder: string;
  let before: readonly string[];
  const start = process.cwd();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-fuzz-'));
    writeFileSync(join(folder, 'a.json'), renderJson(profile));
    writeFileSync(join(folder, 'b.json'), renderJson(other));
    writeFileSync(join(folder, 'broken.json'), renderJson(other).slice(0, -9));
    writeFileSync(join(folder, 'budget.json'), renderBudget(budgetOf(profile, {})));
    writeFileSync(join(folder, 'text.txt'), 'text');
    writeFileSync(join(folder, 'main.cjs'), 'console.log(1);');
    before = readdirSync(folder);
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(start);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Only whole files are left, and none of ours beside them. */
  const leavesNoParts = () => {
    const made = readdirSync(folder).filter((name) => !before.includes(name));
    expect(made.filter((name) => /^\.everycall|\.tmp$/.test(name))).to.deep.equal([]);
  };

  fuzz('are understood or refused', anyArguments, 3000, (argv) => {
    gives(() => parseCommandLine(argv));
  });
  fuzz('report, diff and check do what is asked, or say why not', anyArguments, 150, (argv) => {
    const command = gives(() => parseCommandLine([...argv.slice(0, 1), '-o', 'out', ...argv.slice(1)]));
    if (command === undefined || command.command === 'run') return;
    gives(() => {
      if (command.command === 'report') report(command);
      else if (command.command === 'diff') diffReport(command);
      else if (command.command === 'check' && !command.update) check(command);
    });
    leavesNoParts();
  });
  fuzz(
    'say what is wrong with a file in one line',
    fc.tuple(cuts, fc.constantFrom('report', 'diff', 'check')),
    4,
    ([all, command]) => {
      writeFileSync('bytes.json', cut(readFileSync('a.json'), all));
      const files = command === 'diff' ? ['a.json', 'bytes.json'] : ['bytes.json'];
      runs([command, ...(command === 'check' ? ['--budget', 'budget.json'] : []), ...files]);
    },
  );
  fuzz('end with a code that is documented, and a line where it is not 0', anyArguments, 8, runs);

  function runs(argv: readonly string[]): void {
    const { status, signal, stderr, error } = spawnSync(process.execPath, [cli, ...argv], {
      cwd: folder,
      encoding: 'utf8',
      input: '',
      timeout: 60_000,
    });
    expect(error, 'hangs').to.equal(undefined);
    expect(signal).to.equal(null);
    expect(status).to.be.oneOf([0, 1, 2]);
    if (status === 2) expect(stderr).to.match(/^everycall: [^\n]+\n$/);
    // Of a program that ran, what is on stderr is its own.
    if (gives(() => parseCommandLine(argv))?.command !== 'run') expect(stderr).to.not.match(/^ {4}at /m);
    leavesNoParts();
  }
});
