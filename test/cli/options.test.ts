// parseCommandLine(): what belongs to everycall and what to the script; every mistake in one clear line.
import { expect } from 'chai';
import { OPTION_NAMES } from '../../src/cli/arguments.ts';
import { parseCommandLine } from '../../src/cli/options.ts';
import type { CheckCommand, DiffCommand, ReportCommand, RunCommand } from '../../src/cli/options.ts';
import { nearest } from '../../src/cli/suggest.ts';
import { USAGE } from '../../src/cli/usage.ts';
import { EverycallError } from '../../src/errors.ts';
import { FORMAT_IDS } from '../../src/exporters/format-names.ts';
import { DEFAULT_LIMIT } from '../../src/exporters/table.ts';
import { displayWidth } from '../../src/exporters/text-width.ts';
import { COLUMN_IDS } from '../../src/statistics/columns.ts';

function run(...argv: string[]): RunCommand {
  const command = parseCommandLine(argv);
  expect(command.command).to.equal('run');
  return command as RunCommand;
}

function report(...argv: string[]): ReportCommand {
  const command = parseCommandLine(argv);
  expect(command.command).to.equal('report');
  return command as ReportCommand;
}

function refusal(...argv: string[]): string {
  try {
    parseCommandLine(argv);
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    expect((error as EverycallError).code).to.equal('usage');
    expect((error as Error).message).to.not.contain('\n');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('parseCommandLine()', () => {
  it('runs a script with nothing but its name', () => {
    expect(run('app.ts')).to.deep.equal({
      command: 'run',
      script: 'app.ts',
      args: [],
      precision: undefined,
      overhead: undefined,
      tickMs: undefined,
      builtins: false,
      include: [],
      exclude: [],
      startPaused: false,
      children: false,
      record: undefined,
      checkpointSeconds: undefined,
      strict: false,
      quiet: false,
      monitor: false,
      web: false,
      table: {
        sort: undefined,
        limit: undefined,
        columns: undefined,
        clock: undefined,
        perThread: false,
        perProcess: false,
      },
      raw: false,
      output: { path: undefined, format: 'table' },
    });
    expect(run('run', 'app.ts')).to.deep.equal(run('app.ts'));
  });

  it('reads every option of run', () => {
    const all = run(
      ...[
        '--sort',
        'calls:asc',
        '--limit',
        '5',
        '--columns',
        'name,calls',
        '--clock',
        'cpu',
        '--per-thread',
        '--per-process',
        '--raw',
      ],
      ...['--precision', 'sampled', '--overhead', '0.1', '--tick', '2.5', '--include', 'a/**', '--include=b/**'],
      ...['--exclude', 'c', '--builtins', '--start-paused', '--strict', '--quiet', '-o', 'p.json'],
      ...['--children', '--record', 'd', '--checkpoint', '0.5', '--monitor', '--web', '--open', 'app.ts'],
    );
    expect(all).to.deep.equal({
      command: 'run',
      script: 'app.ts',
      args: [],
      precision: 'sampled',
      overhead: 0.1,
      tickMs: 2.5,
      builtins: true,
      include: ['a/**', 'b/**'],
      exclude: ['c'],
      startPaused: true,
      children: true,
      record: 'd',
      checkpointSeconds: 0.5,
      strict: true,
      quiet: true,
      monitor: true,
      web: { open: true },
      table: {
        sort: 'calls:asc',
        limit: 5,
        columns: ['name', 'calls'],
        clock: 'cpu',
        perThread: true,
        perProcess: true,
      },
      raw: true,
      output: { path: 'p.json', format: 'json' },
    });
  });

  it('takes a process to show, where, and whether in a browser', () => {
    expect(parseCommandLine(['web'])).to.deep.equal({ command: 'web', pid: undefined, open: false, port: 0 });
    const all = parseCommandLine(['web', '--open', '--port', '8123', '4711']);
    expect(all).to.deep.equal({ command: 'web', pid: 4711, open: true, port: 8123 });
    expect(run('--web', 'app.ts')).to.deep.include({ monitor: true, web: { open: false } });
    expect(() => parseCommandLine(['web', '--port', '65536'])).to.throw(
      "--port expects a port, 0 to 65535, got '65536'",
    );
    expect(() => parseCommandLine(['web', '--port', '1.5'])).to.throw('--port expects');
    expect(() => run('--open', 'app.ts')).to.throw('--open expects --web with it');
  });

  it('leaves everything after the script to the script', () => {
    const args = ['--sort', '-o', '--', 'run', '--unknown', '', '-h', '--help'];
    expect(run('--limit', '3', 'app.ts', ...args)).to.deep.include({ script: 'app.ts', args });
    expect(run('run', 'app.ts', ...args).args).to.deep.equal(args);
    expect(run('run', '--raw', 'run', 'report')).to.deep.include({ script: 'run', args: ['report'] });
  });

  it('takes what follows -- as the script, whatever its name', () => {
    expect(run('--', '--odd.js', '--', '-x')).to.deep.include({ script: '--odd.js', args: ['--', '-x'] });
    expect(run('--quiet', '--', 'report', 'x')).to.deep.include({ script: 'report', args: ['x'], quiet: true });
    expect(run('run', '--', 'app.ts')).to.deep.include({ script: 'app.ts', args: [] });
    expect(run('--', 'app.ts', '--help').args).to.deep.equal(['--help']);
  });

  it('takes options before the name of the command too', () => {
    expect(run('--raw', 'run', '--quiet', 'app.ts')).to.deep.include({ script: 'app.ts', raw: true, quiet: true });
    expect(report('--raw', 'report', 'p.json')).to.deep.include({ files: ['p.json'], raw: true });
  });

  it('takes the format from the name of the output, unless it is said', () => {
    const formats: Record<string, string[]> = {
      json: ['p.json', 'p.json.gz', 'P.JSON.GZ'],
      table: ['p.txt', 'p', 'p.json.txt', 'p.gz'],
      html: ['p.html', 'p.HTM'],
      markdown: ['p.md'],
      csv: ['p.csv'],
      callgrind: ['callgrind.out.4711', 'some/callgrind.out.x', 'p.callgrind'],
      pprof: ['p.pb.gz', 'p.pprof'],
      speedscope: ['p.speedscope.json'],
      cpuprofile: ['p.cpuprofile'],
      collapsed: ['p.collapsed', 'p.folded'],
      'trace-event': ['p.trace.json'],
      pstats: ['p.pstats', 'p.prof'],
    };
    expect(Object.keys(formats).sort()).to.deep.equal([...FORMAT_IDS].sort());
    for (const [format, paths] of Object.entries(formats)) {
      for (const path of paths) {
        expect(run(`-o${path}`, 'a').output).to.deep.equal({ path, format });
        expect(report('report', '-o', path, '--format', 'csv', 'a').output).to.deep.equal({ path, format: 'csv' });
      }
      expect(report('report', '--format', format, 'a').output).to.deep.equal({ path: undefined, format });
    }
  });

  it('lets the last of an option given twice win', () => {
    expect(run('--sort', 'calls', '--sort', 'name', 'a').table.sort).to.equal('name');
    expect(run('--limit', 'all', 'a').table.limit).to.equal('all');
  });

  it('reads report with its options on either side of the file', () => {
    const both = report('report', '--sort', 'name', 'p.json', '--limit', '2', '-o', 'p.txt');
    expect(both).to.deep.include({ files: ['p.json'], output: { path: 'p.txt', format: 'table' } });
    expect(both.table).to.deep.include({ sort: 'name', limit: 2 });
    expect(report('report', '--', '-p.json').files).to.deep.equal(['-p.json']);
    expect(report('report', 'a.json', '--raw', 'b.json').files).to.deep.equal(['a.json', 'b.json']);
  });

  it('reads what of saved profiles is looked at', () => {
    expect(report('report', 'p.json')).to.deep.include({ filter: {}, stripDirs: false });
    const all = [
      '--thread',
      '0',
      '--process',
      '1',
      '--tag',
      '',
      '--name',
      'f*',
      '--file',
      'src/**',
      '--package',
      '@a/b',
      '--strip-dirs',
    ];
    expect(report('report', ...all, 'p.json')).to.deep.include({
      filter: { thread: 0, process: 1, tag: '', name: 'f*', file: 'src/**', package: '@a/b' },
      stripDirs: true,
    });
  });

  it('reads diff and check', () => {
    expect(parseCommandLine(['diff', '--limit', '3', 'a.json', 'b.json', '-o', 'd.md'])).to.deep.equal({
      command: 'diff',
      before: 'a.json',
      after: 'b.json',
      settings: { sort: undefined, limit: 3 },
      raw: false,
      output: { path: 'd.md', format: 'markdown' },
      filter: {},
      stripDirs: false,
    } satisfies DiffCommand);
    expect(parseCommandLine(['check', '--budget', 'b.json', '--update', 'p.json', 'q.json'])).to.deep.equal({
      command: 'check',
      files: ['p.json', 'q.json'],
      budget: 'b.json',
      update: true,
      output: { path: undefined, format: 'text' },
    } satisfies CheckCommand);
    const formatOf = (path: string) =>
      (parseCommandLine(['check', '--budget', 'b', '-o', path, 'p']) as CheckCommand).output.format;
    expect(['a.xml', 'a.json', 'a.txt'].map(formatOf)).to.deep.equal(['junit', 'json', 'text']);
  });

  it('reads what is done to a process that runs', () => {
    expect(parseCommandLine(['ps'])).to.deep.equal({ command: 'ps', json: false });
    expect(parseCommandLine(['ps', '--json'])).to.deep.equal({ command: 'ps', json: true });
    expect(parseCommandLine(['start', '4711'])).to.deep.equal({ command: 'start', pid: 4711, options: {} });
    expect(
      parseCommandLine(['start', '--precision', 'exact', '--overhead', '0.1', '--tick', '2', '--builtins']),
    ).to.deep.equal({
      command: 'start',
      pid: undefined,
      options: { precision: 'exact', overhead: 0.1, tickMs: 2, builtins: true },
    });
    expect(parseCommandLine(['stop', '1'])).to.deep.equal({ command: 'stop', pid: 1 });
    expect(parseCommandLine(['clear', '1', '--tag', 't'])).to.deep.equal({ command: 'clear', pid: 1, tag: 't' });
    expect(parseCommandLine(['snapshot', '1', '-o', 'p.html', '--name', 'f', '--limit', '3'])).to.deep.include({
      command: 'snapshot',
      pid: 1,
      output: { format: 'html', path: 'p.html' },
      filter: { name: 'f' },
    });
  });

  it('reads what top is to show', () => {
    expect(parseCommandLine(['top'])).to.deep.equal({
      ...{
        command: 'top',
        pid: undefined,
        once: false,
        intervalSeconds: 1,
        sort: { column: 'selfWall', order: 'desc' },
      },
      ...{ limit: undefined, thread: undefined, perThread: false },
    });
    const argv = 'top --once --interval 0.5 --sort name:desc --limit 5 --thread 2 --per-thread 4711';
    expect(parseCommandLine(argv.split(' '))).to.deep.equal({
      ...{ command: 'top', pid: 4711, once: true, intervalSeconds: 0.5, sort: { column: 'name', order: 'desc' } },
      ...{ limit: 5, thread: 2, perThread: true },
    });
  });

  it('reads where a monitor listens', () => {
    const monitor = (...argv: string[]) => run(...argv, 'a').monitor;
    expect(monitor('--monitor-http', '0')).to.deep.equal({ http: { port: 0 } });
    expect(monitor('--monitor', '--monitor-http', 'localhost:80')).to.deep.equal({
      http: { host: 'localhost', port: 80 },
    });
    expect(monitor('--monitor-http', '[::1]:80')).to.deep.equal({ http: { host: '::1', port: 80 } });
    expect(monitor('--monitor-http', '0.0.0.0:80', '--monitor-remote')).to.deep.equal({
      http: { host: '0.0.0.0', port: 80, allowRemote: true },
    });
  });

  it('shows help and version before the script only', () => {
    for (const argv of [['--help'], ['-h'], ['report', '--help'], ['--help', 'app.ts'], ['run', '-hv']]) {
      expect(parseCommandLine(argv)).to.deep.equal({ command: 'help' });
    }
    expect(parseCommandLine(['-v'])).to.deep.equal({ command: 'version' });
    expect(parseCommandLine(['--version'])).to.deep.equal({ command: 'version' });
  });

  const mistakes: [argv: string[], message: string][] = [
    [[], "expected a script to run, got none; see 'everycall --help'"],
    [['run', '--raw'], "expected a script to run, got none; see 'everycall --help'"],
    [['--'], "expected a script to run, got none; see 'everycall --help'"],
    [[''], 'expected a script to run, got an empty name'],
    [['report'], "'report' expects one FILE or more, got none"],
    [['diff', 'a'], "'diff' expects two files, BEFORE and AFTER, got 1"],
    [['diff'], "'diff' expects two files, BEFORE and AFTER, got none"],
    [['check', '--budget', 'b'], "'check' expects one FILE or more, got none"],
    [['check', 'a'], "'check' expects a budget, got none: --budget FILE"],
    [['--tag', 'x', 'a'], "--tag belongs to 'report' and 'diff' and 'clear' and 'snapshot'; 'run' does not take it"],
    [['ps', '1'], "'ps' expects no arguments, got '1'"],
    [['top', '--interval', '0', '1'], "--interval expects seconds from 0.1 to 10, got '0'"],
    [
      ['top', '--sort', 'p99'],
      "--sort: expected a column (calls, selfCpu, selfWall, totalCpu, totalWall, await, open, errors, name), got 'p99'",
    ],
    [['stop', 'abc'], "'stop' expects the PID of a process, a number, got 'abc'; 'everycall ps' lists them"],
    [['stop', '0'], "'stop' expects the PID of a process, a number, got '0'; 'everycall ps' lists them"],
    [['stop', '1', '2'], "'stop' expects one PID, got 2 arguments"],
    [['stop', '--raw', '1'], "--raw belongs to 'run' and 'report' and 'diff' and 'snapshot'; 'stop' does not take it"],
    [['--monitor-http', 'x', 'a'], "--monitor-http expects [HOST:]PORT, port 0 for any that is free, got 'x'"],
    [['--monitor-http', '65536', 'a'], "--monitor-http expects [HOST:]PORT, port 0 for any that is free, got '65536'"],
    [
      ['--monitor-http', '0.0.0.0:1', 'a'],
      '--monitor-http expects --monitor-remote with an address that other machines reach, got 0.0.0.0',
    ],
    [['--monitor-remote', 'a'], '--monitor-remote expects --monitor-http HOST:PORT with it'],
    [['report', '--thread', '1.5', 'a'], "--thread expects the id of a thread, 0 or above, got '1.5'"],
    [['diff', '--format', 'csv', 'a', 'b'], "--format expects one of table, markdown, json, got 'csv'"],
    [['--format', 'pprof', 'a'], '--format pprof is no text to print; expected --output FILE with it'],
    [['report', '--tick', '3', 'a'], "--tick belongs to 'run' and 'start'; 'report' does not take it"],
    [['--sord', 'x', 'a'], "expected an option of everycall, got '--sord'; did you mean --sort?"],
    [['--incldue=x', 'a'], "expected an option of everycall, got '--incldue'; did you mean --include?"],
    [['--start', 'a'], "expected an option of everycall, got '--start'; did you mean --start-paused?"],
    [['--bananas', 'a'], "expected an option of everycall, got '--bananas'; see 'everycall --help'"],
    [['-x', 'a'], "expected an option of everycall, got '-x'; see 'everycall --help'"],
    [['--__proto__', 'a'], "expected an option of everycall, got '--__proto__'; see 'everycall --help'"],
    [['--sort'], '--sort expects a value, got none'],
    [['-o'], '-o expects a value, got none'],
    [['--sort', '--raw', 'a'], "--sort expects a value, got '--raw'; if that is the value, write --sort=--raw"],
    [['--quiet=yes', 'a'], "--quiet takes no value, got 'yes'"],
    [['--clock', 'cup', 'a'], "--clock expects one of wall, cpu, got 'cup'; did you mean cpu?"],
    [['--clock', 'sun', 'a'], "--clock expects one of wall, cpu, got 'sun'"],
    [
      ['--precision', 'exat', 'a'],
      "--precision expects one of adaptive, exact, sampled, got 'exat'; did you mean exact?",
    ],
    [['--limit', '0', 'a'], "--limit expects a whole number from 1, or 'all', got '0'"],
    [['--limit', '2.5', 'a'], "--limit expects a whole number from 1, or 'all', got '2.5'"],
    [['--limit=', 'a'], "--limit expects a whole number from 1, or 'all', got ''"],
    [['--overhead', '0', 'a'], "--overhead expects a number above 0 and up to 1, got '0'"],
    [['--overhead', '3%', 'a'], "--overhead expects a number above 0 and up to 1, got '3%'"],
    [['--overhead=-1', 'a'], "--overhead expects a number above 0 and up to 1, got '-1'"],
    [['--tick', '0x10', 'a'], "--tick expects milliseconds from 0.1 to 1000, got '0x10'"],
    [['--tick', '1001', 'a'], "--tick expects milliseconds from 0.1 to 1000, got '1001'"],
    [['--tick', 'Infinity', 'a'], "--tick expects milliseconds from 0.1 to 1000, got 'Infinity'"],
    [['--checkpoint', '0', 'a'], "--checkpoint expects seconds from 0.1 to 3600, or 'off', got '0'"],
    [['--record=', 'a'], '--record expects the name of a folder, got an empty one'],
    [['--include', '', 'a'], '--include expects a glob, got an empty one'],
    [['--output=', 'a'], '--output expects the name of a file, got an empty one'],
    [['--sort', 'time', 'a'], `--sort: expected a column (${COLUMN_IDS.join(', ')}), got 'time'`],
    [['--sort', 'calls:up', 'a'], "--sort: expected the order asc or desc after 'calls:', got 'up'"],
    [['--columns', 'name,,calls', 'a'], `--columns: expected a column (${COLUMN_IDS.join(', ')}), got ''`],
  ];
  for (const [argv, message] of mistakes) {
    it(`refuses '${argv.join(' ')}'`, () => expect(refusal(...argv)).to.equal(message));
  }

  it('does not change the arguments it is given', () => {
    const argv = Object.freeze(['--raw', 'a', '-x']);
    expect(run(...argv).args).to.deep.equal(['-x']);
    expect(parseCommandLine(argv)).to.deep.include({ script: 'a' });
  });
});

describe('nearest()', () => {
  it('finds a name that differs by a slip of the finger', () => {
    expect(nearest('lmit', ['limit', 'list'])).to.equal('limit');
    expect(nearest('perthread', OPTION_NAMES)).to.equal('per-thread');
    expect(nearest('zzz', OPTION_NAMES)).to.equal(undefined);
  });
});

describe('USAGE', () => {
  it('fits 80 columns and ends with a newline', () => {
    for (const line of USAGE.split('\n')) expect(displayWidth(line), line).to.be.at.most(80);
    expect(USAGE.endsWith('\n')).to.equal(true);
  });

  it('tells every option and every column, and no option that is none', () => {
    const told = new Set([...USAGE.matchAll(/--([a-z][a-z-]*)/g)].map(([, name]) => name));
    expect([...told].sort()).to.deep.equal([...OPTION_NAMES].sort());
    for (const column of COLUMN_IDS) expect(USAGE).to.match(new RegExp(`^  (p\\d\\d )*${column} +\\S`, 'm'));
    for (const format of FORMAT_IDS) expect(USAGE).to.match(new RegExp(`\\b${format}\\b`));
    expect(USAGE).to.contain(`Default ${DEFAULT_LIMIT}`);
  });
});
