#!/usr/bin/env node
// The command `everycall`: reads the command line and hands over. Everything that goes wrong is one line on stderr;
// exit code 2 for a wrong command line, 1 for what failed.
import { EverycallError } from '../errors.ts';
import { parseCommandLine } from './options.ts';
import type { Command } from './options.ts';
import { complain, messageOf, writeFully } from '../output.ts';

// Each command loads what it needs and no more: `run` is in the way of every start of a program.
async function execute(command: Command): Promise<number> {
  switch (command.command) {
    case 'run':
      return (await import('./run.ts')).run(command);
    case 'report':
      return (await import('./saved.ts')).report(command);
    case 'diff':
      return (await import('./saved.ts')).diffReport(command);
    case 'check':
      return (await import('./check.ts')).check(command);
    case 'ps':
      return (await import('./ps.ts')).ps(command);
    case 'start':
      return (await import('./attach.ts')).startProcess(command);
    case 'stop':
      return (await import('./attach.ts')).stopProcess(command);
    case 'clear':
      return (await import('./attach.ts')).clearProcess(command);
    case 'snapshot':
      return (await import('./attach.ts')).snapshotProcess(command);
    case 'top':
      return (await import('./top/top.ts')).top(command);
    case 'web':
      return (await import('./web.ts')).web(command);
    case 'help':
      writeFully(1, (await import('./usage.ts')).USAGE);
      return 0;
    case 'version':
      writeFully(1, `${(await import('../version.ts')).EVERYCALL_VERSION}\n`);
      return 0;
  }
}

try {
  process.exitCode = await execute(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  complain(messageOf(error));
  process.exitCode = error instanceof EverycallError && error.code === 'usage' ? 2 : 1;
}
