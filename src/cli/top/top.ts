// `everycall top`: what a process does, as it does it, on a page in the terminal; with --once, one page to stdout.
import { EverycallError } from '../../errors.ts';
import { askJson, attachable, findProcess, subscribe, type Target } from '../../monitor/client.ts';
import type { SocketOfProcess } from '../../monitor/directory.ts';
import type { Frame, MonitorStatus } from '../../monitor/frame.ts';
import { isTerminal, pageOf, writeFully } from '../../output.ts';
import type { TopCommand } from '../options.ts';
import { commandOf, tableOf } from '../ps.ts';
import { LiveFigures } from './rates.ts';
import { runPage } from './page.ts';
import { initialState, type TopState } from './state.ts';
import { printedLines, type Subject } from './view.ts';

/** Functions that one page prints, as reports do. */
const PRINTED = 30;
/** How long what is under way when the page is left may keep the program. */
const LINGER_MS = 200;

/**
 * Resolves to the exit code: 0 also where the process ended meanwhile.
 *
 * @throws EverycallError `usage` without a terminal, `unavailable` where there is no such process or thread
 */
export async function top(command: TopCommand): Promise<number> {
  const { once, intervalSeconds } = command;
  if (!once && !(isTerminal(0) && isTerminal(1) && process.env['TERM'] !== 'dumb')) {
    throw new EverycallError('usage', "'top' expects a terminal to draw in; --once prints one page anywhere");
  }
  const target = await chosen(command.pid);
  const status = await askJson<MonitorStatus>(target, '/v1/status');
  checkThread(command.thread, status);
  const { pid, cwd, startedAtMs } = status;
  const subject: Subject = { pid, cwd, startedAtMs, command: commandOf(status) };
  const { limit = once ? PRINTED : 'all', thread = null } = command;
  const state = initialState(command.sort, {
    thread,
    list: command.perThread ? 'threads' : 'functions',
    limit: limit === 'all' ? Infinity : limit,
  });
  if (once) return printOnce(target, subject, state, intervalSeconds);
  await runPage(target, subject, state, intervalSeconds);
  setTimeout(() => process.exit(), LINGER_MS).unref();
  return 0;
}

async function chosen(pid: number | undefined): Promise<SocketOfProcess> {
  const all = pid === undefined ? await attachable() : [];
  if (all.length < 2) return findProcess(pid);
  writeFully(1, tableOf(all, pageOf(1).width));
  throw new EverycallError('unavailable', `expected the PID of one of these ${all.length} processes, got none`);
}

function checkThread(thread: number | undefined, { threads }: MonitorStatus): void {
  if (thread === undefined || threads.some(({ id }) => id === thread)) return;
  const known = threads.map(({ id, name }) => `${id} ${name}`).join(', ');
  throw new EverycallError('unavailable', `expected --thread to be one of ${known}; got ${thread}`);
}

/** What happened between two frames. */
async function printOnce(target: Target, subject: Subject, state: TopState, intervalSeconds: number): Promise<number> {
  const figures = new LiveFigures();
  const options = { hz: 1 / intervalSeconds, ...(state.thread !== null && { thread: state.thread }) };
  const last = await new Promise<Frame>((settle, reject) => {
    const ending = subscribe(
      target,
      (frame) => {
        figures.take(frame);
        if (frame.intervalNs === 0 && frame.gone !== true) return;
        settle(frame);
        void ending.then((end) => end());
      },
      options,
    );
    ending.catch(reject);
  });
  const moment = figures.moment()!;
  const { width, color } = pageOf(1);
  const shot = { subject, moment, edges: null, isGone: last.gone === true };
  writeFully(1, `${printedLines(shot, state, width, color).join('\n')}\n`);
  return 0;
}
