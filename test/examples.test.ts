// Words that run: the example of the README's first command, and the README's own snippets.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { load } from '../src/files.ts';
import { UNTAGGED } from '../src/profile.ts';
import { byTag as sharesByTag } from '../src/statistics/breakdown.ts';
import { NOTHING_DROPPED } from './support/profiles.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist/src/cli/main.js');

describe('examples', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-examples-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('parse-pool.ts profiles acorn on four workers and counts each session the same', () => {
    const saved = join(folder, 'pool.json');
    const options = ['--start-paused', '--include', '**/node_modules/acorn/**', '-o', saved];
    const run = spawnSync(process.execPath, [cli, ...options, 'examples/parse-pool.ts'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.status, run.stderr).to.equal(0);
    const calls = /middle: (\d+), then (\d+); after the first session: (\d+), after the second: (\d+)/.exec(run.stdout);
    expect(calls, run.stdout).to.not.equal(null);
    const [first, second, whole, both] = calls!.slice(1).map(Number);
    expect(first).to.be.at.most(second);
    expect(second).to.be.at.most(whole);
    expect(both).to.equal(2 * whole); // both sessions parse the same files
    const profile = load(saved);
    expect(profile.sessions).to.have.length(2);
    expect(profile.threads).to.have.length(5);
    expect(profile.threads.filter((thread) => thread.calls > 0)).to.have.length(4);
    const names = new Set(profile.functions.filter((fn) => fn.calls > 0).map((fn) => fn.file.split('/').pop()));
    expect([...names].filter((file) => file !== '')).to.deep.equal(['acorn.mjs']);
    expect(profile.dropped).to.deep.equal(NOTHING_DROPPED);
  });

  const byTag: Record<string, Record<string, Record<string, number>>> = {
    'express-tags.ts': {
      'GET /users/:id': { '<anonymous>': 40, findUser: 40, score: 40 },
      'GET /users/:id/friends': {
        '<anonymous>': 40,
        findFriends: 40,
        'findFriends.<anonymous>': 120,
        findUser: 120,
        score: 120,
      },
      'GET /score/:text': { '<anonymous>': 40, score: 40 },
    },
    'fastify-tags.ts': {
      'GET /users/:id': { '<anonymous>': 40, findUser: 40, score: 40 },
      'GET /users/:id/friends': { '<anonymous>': 40, findUser: 120, score: 120 },
      'GET /score/:text': { '<anonymous>': 40, score: 40 },
    },
  };
  for (const [example, expected] of Object.entries(byTag)) {
    it(`${example} counts concurrent requests exactly, by route`, function () {
      this.timeout(60_000);
      const saved = join(folder, `${example}.json`);
      const run = spawnSync(process.execPath, [cli, '-o', saved, `examples/${example}`, '120'], {
        cwd: root,
        encoding: 'utf8',
      });
      expect(run.status, run.stderr).to.equal(0);
      const { functions, tags } = load(saved);
      const counted: Record<string, Record<string, number>> = {};
      for (const { name } of tags) counted[name] = {};
      for (const fn of functions) {
        for (const { tag, calls } of sharesByTag(fn)) if (tag !== UNTAGGED) counted[tags[tag].name][fn.name] = calls;
      }
      expect(counted).to.deep.equal(expected);
      for (const [route, calls] of Object.entries(expected)) {
        expect(run.stdout).to.contain(`${route}\n`);
        for (const [name, n] of Object.entries(calls)) expect(run.stdout).to.contain(`  ${name}: ${n} calls, `);
      }
    });
  }

  it("the README's program from inside works as it stands there", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const snippet = /```ts\n([\s\S]*?)```/.exec(readme)![1];
    const program = snippet.replace(
      "from 'everycall';",
      `from ${JSON.stringify(join(root, 'dist/src/index.js'))};\nconst source = 'x';\nfunction parse(text: string) { return text + '!'; }\n`,
    );
    const file = join(folder, 'readme.mts');
    writeFileSync(file, `${program}\nconsole.log(result, span.functions.map((fn) => fn.name).includes('parse'));\n`);
    const register = join(root, 'dist/src/register/index.js');
    const run = spawnSync(process.execPath, ['--import', register, file], { cwd: folder, encoding: 'utf8' });
    expect(run.status, run.stderr).to.equal(0);
    expect(run.stdout).to.equal('x! true\n');
    expect(run.stderr).to.match(/nothing recorded/); // nothing was called between start and stop
  });
});
