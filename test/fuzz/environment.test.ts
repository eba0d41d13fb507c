// What surrounds a program, by chance: variables of the environment, tsconfig.json, the cache's files. The program runs as
// without us, whatever is in them; what is wrong is said in a line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { renderBudget, budgetOf } from '../../src/budget/update.ts';
import { renderJson } from '../../src/exporters/json.ts';
import { createRuntime, parseBudget } from '../../src/index.ts';
import { CLI, REGISTER_CJS } from '../register/programs.ts';
import { anyProfile } from '../support/any-profile.ts';
import { anyOptions, anyValue, changed, changes, cut, cuts, fuzz, gives } from './fuzz.ts';

/** A function that is called a hundred times, in TypeScript. */
const PROGRAM = `enum Color { Red = 1 }
class Point { x: number = Color.Red; add(n: number): number { return this.x + n; } }
const point = new Point();
let sum = 0;
for (let i = 0; i < 100; i++) sum += point.add(i);
console.log(sum);
`;

const VARIABLES = [
  'EVERYCALL_ARENA',
  'EVERYCALL_RECORDING',
  'EVERYCALL_CACHE',
  'EVERYCALL_MONITOR',
  'EVERYCALL_SIGUSR2',
  'EVERYCALL_MONITOR_DIR',
  'EVERYCALL_REGISTER',
  'EVERYCALL_TESTS',
];
const PARTS = [
  'bytes',
  'sites',
  'edges',
  'frames',
  '=',
  ',',
  '1',
  '0',
  '-1',
  '64',
  '1e9',
  '9007199254740993',
  'NaN',
  'x',
  '0.5',
];
const anyVariable = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
  fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.constantFrom(
    'bytes=1',
    'bytes=4096,sites=1',
    'frames=1',
    'edges=1,frames=2',
    'bytes=300000,sites=999999999',
    '**',
    '[',
    '{}',
    '1',
    '/dev/null',
  ),
  fc.json(),
  fc
    .record({ directory: fc.constantFrom('.', '', 'main.ts'), start: anyOptions(['precision', 'tickMs']) })
    .map((it) => {
      try {
        return JSON.stringify(it);
      } catch {
        return '{';
      }
    }),
);
const anyEnvironment = fc.dictionary(fc.constantFrom(...VARIABLES), anyVariable, { minKeys: 1, maxKeys: 2 });

const SESSION = { precision: 'adaptive', overhead: 0.03, tickMs: 1, onlyThread: null } as const;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    jsx: 'react-jsx',
    jsxImportSource: 'x',
    jsxFactory: 'h',
    experimentalDecorators: true,
    useDefineForClassFields: false,
    verbatimModuleSyntax: false,
  },
  extends: './base.json',
};

describe('surroundings by chance', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-fuzz-'));
    writeFileSync(at('main.ts'), PROGRAM);
    writeFileSync(at('base.json'), '{ "compilerOptions": { "target": "ES2020" } }');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What the program printed; what was said beside is lines of ours. */
  function runs(environment: Readonly<Record<string, string>>): void {
    const { stdout, stderr, status, error } = spawnSync(process.execPath, ['--require', REGISTER_CJS, 'main.ts'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, EVERYCALL_CACHE: at('cache'), ...environment },
    });
    const text = JSON.stringify(environment) + stderr;
    expect(error, text).to.equal(undefined);
    // Settings of the hooks that are none end the process before the program begins.
    const isRefused = status === 2 && 'EVERYCALL_REGISTER' in environment;
    expect(stdout, text).to.equal(isRefused ? '' : '5050\n');
    if (!isRefused) expect(status, text).to.equal(0);
    else expect(stderr).to.match(/^everycall: EVERYCALL_REGISTER [^\n]+\n$/);
    for (const line of stderr.split('\n')) expect(line, text).to.match(/^$|^everycall: /);
  }

  fuzz('variables of the environment', anyEnvironment, 25, runs);

  fuzz('tsconfig.json with changed data or bytes', fc.tuple(changes, fc.option(cuts)), 15, ([all, bytes]) => {
    const text = JSON.stringify(changed(TSCONFIG, all));
    writeFileSync(at('tsconfig.json'), bytes === null ? text : cut(Buffer.from(text), bytes));
    runs({});
  });

  fuzz("the cache's files with changed bytes", cuts, 10, (all) => {
    runs({});
    for (const name of readdirSync(at('cache'), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const file = join(name.parentPath, name.name);
      writeFileSync(file, cut(readFileSync(file), all));
    }
    runs({});
    runs({});
  });

  const [profile] = fc.sample(anyProfile(), { numRuns: 1, seed: 21 });
  const budget = renderBudget(budgetOf(profile, {}));
  const anyBudget = fc.oneof(
    changes.map((all) => Buffer.from(JSON.stringify(changed(JSON.parse(budget), all)))),
    cuts.map((all) => cut(Buffer.from(budget), all)),
  );
  fuzz('a budget that is to be brought up to date is whole before and after', anyBudget, 12, (before) => {
    writeFileSync(at('budget.json'), before);
    writeFileSync(at('a.json'), renderJson(profile));
    const files = readdirSync(folder);
    const { status, stderr } = spawnSync(
      process.execPath,
      [CLI, 'check', '--update', '--budget', 'budget.json', 'a.json'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    const after = readFileSync(at('budget.json'));
    expect(status, stderr).to.be.oneOf([0, 1, 2]);
    expect(stderr).to.match(/^everycall: [^\n]+\n/);
    if (status !== 0) expect(after.equals(before)).to.equal(true);
    else parseBudget(after.toString());
    expect(readdirSync(folder)).to.deep.equal(files);
  });

  fuzz(
    'a runtime of one’s own takes or refuses its options',
    anyOptions(['arenaBytes', 'maxSites', 'maxEdges', 'maxFrames', 'clock']),
    150,
    (options) => {
      const runtime = gives(() => createRuntime(options as object));
      runtime?.start(SESSION);
      runtime?.stop();
    },
  );
  fuzz('a clock of any kind', anyValue, 60, (value) => {
    const runtime = gives(() =>
      createRuntime({ clock: { wallNs: () => value as number, cpuNs: () => value as number } }),
    );
    runtime?.start(SESSION);
    runtime?.stop();
  });
});
