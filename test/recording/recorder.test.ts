// beginRecording(): however a process ends, its profile is there, whole, and the program ends as it would have without.
// Real processes, started with the environment of a recording and nothing else; many at once, as they mostly wait.
import { mkdirSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { collect } from '../../src/recording/collect.ts';
import { environmentWith, type RecordingSettings } from '../../src/recording/settings.ts';
import { type Outcome, type Project, projects } from '../register/programs.ts';

interface Recorded extends Outcome {
  readonly files: readonly string[];
  readonly problems: readonly string[];
  /** Calls of `f`. */
  readonly calls: number | undefined;
  readonly threads: readonly string[];
}

async function record(
  program: Project,
  file: string,
  settings: Partial<RecordingSettings> = {},
  onOutput?: (pid: number) => void,
): Promise<Recorded> {
  const directory = program.path(`recorded-${file}`);
  mkdirSync(directory);
  const env = environmentWith({ directory, start: {}, ...settings }, {});
  const outcome = await program.node([file], { env, onOutput: (child) => onOutput?.(child.pid!) });
  const { profile, problems } = collect(directory);
  return {
    ...outcome,
    files: readdirSync(directory).map((name) => name.replace(/^\d+-\w+/, '')),
    problems,
    calls: profile?.functions.find(({ name }) => name === 'f')?.calls,
    threads: profile?.threads.map(({ name }) => name) ?? [],
  };
}

const LISTENS = `process.on('SIGTERM', () => { f(); console.log('handled', process.listenerCount('SIGTERM')); process.exit(4); });`;

describe('beginRecording()', function () {
  const project = projects();

  it('leaves the profile of a process that ends in any way, which it does as without it', async () => {
    const f = `function f() {} f(); f(); f();`;
    const endings: Record<string, string> = {
      'return.cjs': f,
      'exit.cjs': `${f} process.exit(7);`,
      'exit-handler.cjs': `${f} process.on('exit', () => { process.exitCode = 9; });`,
      'throw.cjs': `${f} throw new Error('mine');`,
      'reject.cjs': `${f} Promise.reject(new Error('mine'));`,
      'handled.cjs': `process.on('uncaughtException', () => process.exit(5)); ${f} throw new Error('mine');`,
      'int.cjs': `${f} setInterval(() => {}, 1e6); process.kill(process.pid, 'SIGINT');`,
      'term.cjs': `${f} setInterval(() => {}, 1e6); process.kill(process.pid, 'SIGTERM');`,
      'hup.cjs': `${f} setInterval(() => {}, 1e6); process.kill(process.pid, 'SIGHUP');`,
      'abort.cjs': `${f} process.abort();`,
      'listens.cjs': `${LISTENS} function f() {} f(); f(); setInterval(() => {}, 1e6); process.kill(process.pid, 'SIGTERM');`,
      'module.mjs': f,
    };
    const program = project(endings);
    for (const group of [Object.keys(endings).slice(0, 6), Object.keys(endings).slice(6)]) {
      const plain = await Promise.all(group.map((file) => program.node([file])));
      const recorded = await Promise.all(group.map((file) => record(program, file)));
      group.forEach((file, i) => {
        const { code, signal, stdout, calls, problems, files } = recorded[i];
        expect({ code, signal, stdout, calls, problems, files }, `${file}: ${recorded[i].stderr}`).to.deep.equal({
          code: plain[i].code,
          signal: plain[i].signal,
          stdout: plain[i].stdout,
          calls: 3,
          problems: [],
          files: ['.json.gz', '.process.json'],
        });
      });
    }
  });

  it('leaves a checkpoint where it is killed, without being a thread of the program', async () => {
    const program = project({
      'killed.cjs': `function f() {} f(); f(); setTimeout(() => { f(); console.log('up'); }, 100); setInterval(() => {}, 1e6);`,
      'stuck.cjs': `function f() {} f(); f(); f(); console.log('up'); for (;;);`,
    });
    const kill = (ms: number, signal: NodeJS.Signals) => (pid: number) =>
      setTimeout(() => process.kill(pid, signal), ms);
    const [killed, stuck] = await Promise.all([
      record(program, 'killed.cjs', { checkpointSeconds: 0.2 }, kill(2500, 'SIGKILL')),
      // A listener of ours keeps the signal from ending it; a thread of ours does it, a second later.
      record(program, 'stuck.cjs', { checkpointSeconds: 0.2 }, kill(1500, 'SIGTERM')),
    ]);
    for (const { signal, calls, problems, files, threads } of [killed, stuck]) {
      expect({ signal, calls, files, threads }).to.deep.equal({
        signal: 'SIGKILL',
        calls: 3,
        files: ['.checkpoint.json.gz', '.process.json'],
        threads: ['main'],
      });
      expect(problems).to.match(
        /^process \d+ \(\w+\.cjs\) was killed: its figures are those of its last checkpoint, at 2\S+Z$/,
      );
    }
  });

  it('never ends a stuck program that handles the signal itself', async () => {
    const program = project({
      'main.cjs': `${LISTENS} function f() {} f(); f(); console.log('up');
        const until = Date.now() + 3500; while (Date.now() < until); setInterval(() => {}, 1e6);`,
    });
    const { code, stdout, calls, problems } = await record(program, 'main.cjs', { checkpointSeconds: 0.2 }, (pid) =>
      setTimeout(() => process.kill(pid, 'SIGTERM'), 500),
    );
    expect({ code, stdout, calls, problems }).to.deep.equal({
      code: 4,
      stdout: 'up\nhandled 1\n',
      calls: 3,
      problems: [],
    });
  });

  it('writes no checkpoint where none are wanted, and keeps no process alive', async () => {
    const program = project({
      'main.cjs': `function f() {} f(); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500);`,
      'short.cjs': `function f() {} f(); setTimeout(() => console.log(process.getActiveResourcesInfo().filter((name) => !/Pipe/.test(name)).join()), 1500);`,
    });
    const [killed, short] = await Promise.all([
      record(program, 'main.cjs', { checkpointSeconds: 0 }),
      record(program, 'short.cjs', { checkpointSeconds: 0.1 }),
    ]);
    expect(killed.files).to.deep.equal(['.process.json']);
    expect(killed.problems).to.match(/was killed: nothing is known of it$/);
    const plain = await program.node(['short.cjs']);
    expect(short).to.deep.include({ code: 0, calls: 1, stdout: plain.stdout, stderr: '' });
  });

  it('runs a process as it is where the folder is gone, and says in one line what it cannot write', async () => {
    const program = project({
      'main.cjs': `console.log(typeof everycall, Object.keys(process.env).join().match(/EVERYCALL_REC/));`,
    });
    const nowhere = environmentWith({ directory: program.path('nowhere'), start: {} }, {});
    expect(await program.node(['main.cjs'], { env: nowhere })).to.deep.include({
      code: 0,
      stdout: 'undefined null\n',
      stderr: '',
    });
    program.write('file', '');
    const file = environmentWith({ directory: program.path('file'), start: {} }, {});
    const { code, stdout, stderr } = await program.node(['main.cjs'], { env: file });
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'object null\n' });
    expect(stderr).to.match(
      /^everycall: cannot write the marker of process \d+: .*\neverycall: cannot write the profile of process \d+: .*\n$/,
    );
    const wrong = { NODE_OPTIONS: file['NODE_OPTIONS'], EVERYCALL_RECORDING: 'x' };
    const refused = await program.node(['main.cjs'], { env: wrong });
    expect(refused).to.deep.include({ code: 0, stdout: 'undefined null\n' });
    expect(refused.stderr).to.match(
      /^everycall: process \d+ is not recorded: .*EVERYCALL_RECORDING: expected [^\n]*\n$/,
    );
  });
});
