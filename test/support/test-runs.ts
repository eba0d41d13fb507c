// Projects with tests for the runners under test: a library that notes each of its calls in a file, with the test file
// that it was called for, and test files that call it while they load, in hooks, in tests and after an await. So what was
// recorded is compared with what was called, over all processes and threads, whatever becomes of them.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Profile } from '../../src/profile.ts';
import { byTag } from '../../src/statistics/breakdown.ts';
import { load } from '../../src/files.ts';
import type { Outcome, Project } from '../register/programs.ts';

export type ModuleKind = 'cjs' | 'esm';

/** The library, in any language: names of types are put in for TypeScript. */
export function libraryOf(kind: ModuleKind, typescript = false): string {
  const [number, text] = typescript ? [': number', ': string'] : ['', ''];
  const out = kind === 'esm' ? 'export ' : '';
  return [
    kind === 'esm' ? `import { appendFileSync } from 'node:fs';` : `const { appendFileSync } = require('node:fs');`,
    `function note(name${text}, from${text}) { appendFileSync(${typescript ? 'process.env.COUNTS!' : 'process.env.COUNTS'}, from + ' ' + name + '\\n'); }`,
    `${out}function square(x${number}, from${text}) { note('square', from); return x * x; }`,
    `${out}async function later(x${number}, from${text}) {`,
    `  note('later', from);`,
    `  await new Promise((settle) => setTimeout(settle, 2));`,
    `  return square(x, from);`,
    `}`,
    kind === 'esm' ? '' : 'module.exports = { square, later };',
  ].join('\n');
}

interface TestFileOptions {
  readonly kind: ModuleKind;
  /** Path from the project's folder, which is the tag that is expected. */
  readonly name: string;
  /** How to get at the library: a specifier. */
  readonly library: string;
  /** What to import from where to have `describe` and so on; nothing where they are global. */
  readonly runner?: string;
  /** What the hook before all tests of a suite is called. */
  readonly before?: string;
  /** Squares that the first test takes. */
  readonly squares: number;
  /** Whether one more test fails, by an error thrown on line {@link FAILING_LINE}. */
  readonly fails?: boolean;
}

export const FAILING_LINE = 10;

function testFileOf(options: TestFileOptions): string {
  const { kind, name, library, runner, before = 'before', squares, fails = false } = options;
  const names = `describe, it, ${before}, beforeEach`;
  const take = (what: string, from: string) =>
    kind === 'esm' ? `import { ${what} } from '${from}';` : `const { ${what} } = require('${from}');`;
  return [
    runner === undefined ? '' : take(names, runner),
    take('square, later', library),
    `const from = '${name}';`,
    `square(1, from);`,
    `describe('${name}', () => {`,
    `  square(2, from);`,
    `  ${before}(() => { square(3, from); });`,
    `  beforeEach(async () => { await later(1, from); });`,
    `  it('squares', () => { for (let i = 0; i < ${squares}; i++) square(i, from); });`,
    fails ? `  it('fails', () => { throw new Error('as it should'); });` : '',
    `  it('waits', async () => { await later(3, from); });`,
    `});`,
  ].join('\n');
}

/** Such files by name: each with a square more than the one before, and the first with a test that fails. */
export function testFilesOf(
  names: readonly string[],
  options: Omit<TestFileOptions, 'name' | 'squares' | 'fails'>,
): Record<string, string> {
  return Object.fromEntries(
    names.map((name, i) => [name, testFileOf({ ...options, name, squares: 5 + i, fails: i === 0 })]),
  );
}

export interface TestRunResult extends Outcome {
  readonly profile: Profile;
  /** Calls by `test-file function`, as the library has noted them. */
  readonly counted: Readonly<Record<string, number>>;
  /** The same as they were recorded. */
  readonly recorded: Readonly<Record<string, number>>;
}

/** Runs a command in the project, with a profile to be written, and reads what was noted and what was recorded. */
export async function profiledRun(
  project: Project,
  commands: string,
  env: NodeJS.ProcessEnv = {},
): Promise<TestRunResult> {
  project.write('counts.txt', '');
  project.write('profile.json', '');
  const settings = JSON.stringify({ output: 'profile.json' });
  const outcome = await project.shell(commands, {
    env: { COUNTS: project.path('counts.txt'), EVERYCALL_TESTS: settings, NO_COLOR: '1', ...env },
  });
  let profile: Profile;
  try {
    profile = load(project.path('profile.json'));
  } catch (error) {
    throw new Error(`no profile: ${outcome.stdout}\n${outcome.stderr}`, { cause: error });
  }
  const lines = readFileSync(project.path('counts.txt'), 'utf8').split('\n');
  const counted: Record<string, number> = {};
  for (const line of lines) if (line !== '') counted[line] = (counted[line] ?? 0) + 1;
  return { ...outcome, profile, counted, recorded: callsByTag(profile) };
}

/** The same command without us. */
export function plainRun(project: Project, commands: string): Promise<Outcome> {
  return project.shell(commands, { env: { COUNTS: project.path('counts.txt'), NO_COLOR: '1' } });
}

/** Compilers put functions into others, and give getters the name of what they get. */
const NOTED = /(^|\.)(square|later)$/;
const KINDS: readonly string[] = ['function', 'async'];

function callsByTag({ functions, tags }: Profile): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const fn of functions) {
    const name = NOTED.exec(fn.name)?.[2];
    if (name === undefined || !KINDS.includes(fn.kind)) continue;
    for (const part of byTag(fn)) {
      if (part.calls > 0) calls[`${tags[part.tag]?.name ?? '(no test file)'} ${name}`] = part.calls;
    }
  }
  return calls;
}

/** Every call is recorded, once and under the right file, and every call of the run has noted itself. */
export function expectExact({ counted, recorded, profile, stderr }: TestRunResult, files: readonly string[]): void {
  expect(recorded, stderr).to.deep.equal(counted);
  expect(new Set(Object.keys(counted).map((key) => key.split(' ')[0]))).to.deep.equal(new Set(files));
  const noted = Object.values(counted).reduce((sum, calls) => sum + calls, 0);
  const notes = profile.functions.filter(({ name, calls }) => /(^|\.)note$/.test(name) && calls > 0);
  expect(notes.map(({ calls }) => calls)).to.deep.equal([noted]);
  // One runtime a thread, whatever number of contexts it had.
  const threads = profile.threads.map(({ process, threadId }) => `${process}/${threadId}`);
  expect(new Set(threads).size, threads.join()).to.equal(threads.length);
  expect(Object.values(profile.dropped).every((n) => n === 0)).to.equal(true);
}

/** What the tests came to: output without times, by lines in a fixed order, since files may run side by side. */
export function outcomeOf({ code, stdout }: Outcome): { readonly code: number | null; readonly text: string } {
  const text = stdout
    .replace(/\(?\b\d+(\.\d+)? ?m?s\b\)?/g, '')
    // Times, and vitest's advice where starting its workers took long.
    .replace(/^.*(duration_ms|Duration|Start at|Time:|workers spawned|isolate: false).*$/gm, '')
    .replace(/:(\d+):\d+\)?/g, ':$1') // columns may differ
    .replace(/[ \t]+/g, ' ')
    .split('\n')
    .map((line) => line.trimEnd()) // a time stood there that is only shown where it is long
    .filter((line) => line !== '')
    .sort()
    .join('\n');
  return { code, text };
}
