// `everycall report`, `diff` and `check` on saved profiles, as a user runs them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FORMAT_IDS } from '../../src/exporters/format-names.ts';
import { load, save } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';
import { CLI } from '../register/programs.ts';
import { makeProcess, profileOfSpans } from '../support/profiles.ts';

const FILES: Record<string, string> = {
  table: 'a.txt',
  markdown: 'a.md',
  html: 'a.html',
  json: 'a.json',
  csv: 'a.csv',
  callgrind: 'callgrind.out.a',
  pprof: 'a.pb.gz',
  speedscope: 'a.speedscope.json',
  cpuprofile: 'a.cpuprofile',
  collapsed: 'a.collapsed',
  'trace-event': 'a.trace.json',
  pstats: 'a.pstats',
};

/** A run of its own: another process, another session. */
function runOf(pid: number, queries: number): Profile {
  const query = ['query', 5e6] as const;
  const profile = profileOfSpans([[['handle', 1e6, ...Array.from({ length: queries }, () => query)]]]);
  return {
    ...profile,
    processes: [makeProcess({ pid })],
    sessions: [{ process: 0, startedAtMs: 1.7e12 + pid, durationNs: 1e9 }],
  };
}

describe('saved profiles', () => {
  let folder: string;
  const everycall = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-saved-'));
    save(runOf(1, 2), join(folder, 'one.json'));
    save(runOf(2, 3), join(folder, 'two.json.gz'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are added up by report', () => {
    const { status, stdout, stderr } = everycall('report', '--columns', 'name,calls', 'one.json', 'two.json.gz');
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    expect(stdout)
      .to.match(/^2 processes; 2 sessions/)
      .and.match(/^query +5$/m)
      .and.match(/^handle +2$/m);
  });

  it('are added up with a warning where a session would count twice', () => {
    const { status, stdout, stderr } = everycall('report', '--columns', 'name,calls', 'one.json', 'one.json');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^query +4$/m);
    expect(stderr).to.equal(
      'everycall: one.json and one.json hold the same session of one process: its figures are counted twice\n',
    );
  });

  it('are written in every format, whose name is told by the file or said', () => {
    expect(Object.keys(FILES).sort()).to.deep.equal([...FORMAT_IDS].sort());
    for (const [format, file] of Object.entries(FILES)) {
      expect(everycall('report', '-o', file, 'one.json'), file).to.deep.equal({ status: 0, stdout: '', stderr: '' });
      const written = readFileSync(join(folder, file));
      expect(written.length, file).to.be.greaterThan(30);
      const said = spawnSync(process.execPath, [CLI, 'report', '--format', format, 'one.json'], { cwd: folder });
      expect(said.status, format).to.equal(0);
      if (format !== 'table') expect(said.stdout.equals(written), format).to.equal(true); // the table has other widths
    }
    expect(load(join(folder, 'a.json'))).to.deep.equal(load(join(folder, 'one.json')));
  });

  it('are cut to what is asked for', () => {
    expect(everycall('report', '--name', 'que*', 'one.json').stdout)
      .to.contain('query')
      .and.not.contain('handle');
    expect(everycall('report', '--thread', '0', 'one.json').stdout).to.contain('handle');
    const unknown = everycall('report', '--thread', '7', 'one.json');
    expect(unknown).to.deep.include({ status: 1, stdout: '' });
    expect(unknown.stderr).to.match(/^everycall: .*got 7\n$/);
    expect(everycall('report', '--strip-dirs', 'one.json').stdout)
      .to.contain(' main.js:')
      .and.not.contain('/app/');
  });

  it('that are none give one line and nothing else', () => {
    writeFileSync(join(folder, 'bad.json'), '{"format":"everycall.profile"');
    for (const args of [
      ['report', 'bad.json', '-o', 'out.html'],
      ['diff', 'one.json', 'bad.json'],
      ['check', '--budget', 'b.json', 'no.json'],
      ['check', '--budget', 'bad.json', 'one.json'],
    ]) {
      const { status, stdout, stderr } = everycall(...args);
      expect({ status, stdout }, args.join(' ')).to.deep.equal({ status: 1, stdout: '' });
      expect(stderr, args.join(' ')).to.match(/^everycall: cannot load [^\n]+\n$/);
    }
    expect(readdirSync(folder).sort()).to.deep.equal(['bad.json', 'one.json', 'two.json.gz']);
  });

  it('are compared by diff', () => {
    const { status, stdout } = everycall('diff', 'one.json', 'two.json.gz');
    expect(status).to.equal(0);
    expect(stdout).to.match(/query/).and.match(/\+1\b/);
    expect(everycall('diff', 'one.json', 'two.json.gz', '-o', 'd.json').status).to.equal(0);
    const { functions } = JSON.parse(readFileSync(join(folder, 'd.json'), 'utf8'));
    expect(functions[0].calls).to.deep.include({ before: 2, after: 3 });
    expect(everycall('diff', 'one.json', 'one.json').stdout).to.match(/functions are the same/);
    expect(everycall('diff', '--sort', 'nonsense', 'one.json', 'one.json')).to.deep.include({ status: 2, stdout: '' });
  });

  it('are held against a budget by check, which can write and update it', () => {
    const check = (...args: string[]) => everycall('check', '--budget', 'budget.json', ...args);
    expect(check('--update', 'one.json')).to.deep.equal({
      status: 0,
      stdout: '',
      stderr: 'everycall: wrote budget.json\n',
    });
    expect(check('one.json')).to.deep.include({ status: 0, stdout: '2 of 2 rules hold\n' });
    const broken = check('two.json.gz');
    expect(broken.status).to.equal(1);
    expect(broken.stdout).to.contain('expected at most 2 calls, got 3').and.contain('1 of 2 rules hold');
    expect(check('--format', 'github', 'two.json.gz').stdout).to.match(/^::error file=.*query/m);
    expect(check('-o', 'result.xml', 'two.json.gz').status).to.equal(1);
    expect(readFileSync(join(folder, 'result.xml'), 'utf8'))
      .to.contain('<testsuite')
      .and.contain('<failure');
    expect(check('--update', 'two.json.gz').stderr).to.equal('everycall: updated budget.json\n');
    expect(check('two.json.gz').status).to.equal(0);
    expect(existsSync(join(folder, 'budget.json'))).to.equal(true);
  });
});

describe('everycall run', () => {
  it('writes a format that only the end of the program needs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'everycall-run-'));
    writeFileSync(join(folder, 'app.cjs'), 'function twice(n) { return 2 * n; } console.log(twice(21));');
    for (const file of ['out.html', 'out.pb.gz', 'callgrind.out.1']) {
      const run = spawnSync(process.execPath, [CLI, '--precision', 'exact', '-o', file, 'app.cjs'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(run, file).to.include({ status: 0, stdout: '42\n' });
      expect(readFileSync(join(folder, file)).length, file).to.be.greaterThan(100);
    }
    expect(readFileSync(join(folder, 'callgrind.out.1'), 'utf8')).to.match(/twice/);
    rmSync(folder, { recursive: true, force: true });
  });
});
