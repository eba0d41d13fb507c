// What the environment asks of the monitor: for processes that are started with `everycall/register`, and for the token, which
// has no place on a command line.
import { badOption } from '../option-checks.ts';
import { complain, messageOf } from '../output.ts';
import { pushOf } from '../push/options.ts';
import { checkMonitorOptions, httpOf, type MonitorOptions, parseHttpAddress } from './options.ts';
import { startMonitor } from './start-monitor.ts';

const TOKEN = 'EVERYCALL_MONITOR_TOKEN';

/**
 * Takes the token out of the environment, so that neither the program nor what it starts finds it there, and gives the
 * options with it.
 *
 * @param of what asks for the monitor, for the message
 * @throws EverycallError `bad-option`
 */
export function withToken(
  of: string,
  options: boolean | MonitorOptions,
  env: NodeJS.ProcessEnv,
): boolean | MonitorOptions {
  const token = env[TOKEN];
  delete env[TOKEN];
  const http = httpOf(options);
  if (http === null) return options;
  const complete = { http: { ...http, ...(token !== undefined && token !== '' && { token }) } };
  checkMonitorOptions(of, complete);
  return complete;
}

/**
 * EVERYCALL_MONITOR: `1` for the private socket, `[HOST:]PORT` for HTTP, too; `off`, `0` or nothing for none.
 *
 * @throws EverycallError `bad-option`
 */
export function monitorOf(env: NodeJS.ProcessEnv): boolean | MonitorOptions {
  const text = env['EVERYCALL_MONITOR'] ?? '';
  if (text === '' || text === '0' || text === 'off') return false;
  if (text === '1' || text === 'on') return true;
  const address = parseHttpAddress(text);
  if (address === null) throw badOption('EVERYCALL_MONITOR', '1, off or [HOST:]PORT', text);
  return withToken(
    'EVERYCALL_MONITOR',
    { http: { ...address, allowRemote: env['EVERYCALL_MONITOR_REMOTE'] === '1' } },
    env,
  );
}

/** Starts what the environment asks for: a monitor, or one that comes with SIGUSR2. Never throws. */
export function startAsTold(env: NodeJS.ProcessEnv = process.env): void {
  try {
    const options = monitorOf(env);
    const push = pushOf('EVERYCALL_PUSH', env);
    if (options !== false || push !== null) startMonitor(options, undefined, push);
    else if (env['EVERYCALL_SIGUSR2'] === '1') awaitSignal('SIGUSR2');
  } catch (error) {
    complain(messageOf(error));
  }
}

/** The thread listens, too, see start-monitor.ts; without a listener here the signal would end the process until it does. */
function awaitSignal(signal: NodeJS.Signals): void {
  if (process.platform === 'win32') return complain(`EVERYCALL_SIGUSR2: there are no such signals on Windows`);
  process.on(signal, () => startMonitor(true));
  startMonitor(true, signal);
}
