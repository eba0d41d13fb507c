// `everycall start|stop|clear|snapshot PID`: what is done to a process that runs, through its monitor.
import * as formats from '../exporters/formats.ts';
import { parseJson } from '../exporters/json.ts';
import { ask, askJson, findProcess } from '../monitor/client.ts';
import type { MonitorStatus } from '../monitor/frame.ts';
import { complain } from '../output.ts';
import type { ClearCommand, SnapshotCommand, StartCommand, StopCommand } from './options.ts';
import { printReport, writeReport } from './report.ts';
import { selected } from './saved.ts';

/** Each resolves to the exit code. Throws EverycallError `unavailable` where there is no such process or it does not answer. */
export async function startProcess({ pid, options }: StartCommand): Promise<number> {
  const process = await findProcess(pid);
  const { isRunning } = await askJson<MonitorStatus>(process, '/v1/status');
  if (!isRunning) {
    await ask(process, '/v1/start', options);
    complain(`process ${process.pid} is being profiled`);
    return 0;
  }
  const { precision, overhead, tickMs, builtins } = options;
  if (tickMs !== undefined || builtins !== undefined) {
    complain(`process ${process.pid} is being profiled already: --tick and --builtins take a stop before`);
    return 1;
  }
  if (precision === undefined && overhead === undefined) {
    complain(`process ${process.pid} is being profiled already`);
    return 0;
  }
  await ask(process, '/v1/settings', { precision, overhead });
  complain(`process ${process.pid} is profiled with these settings from now on`);
  return 0;
}

export async function stopProcess({ pid }: StopCommand): Promise<number> {
  const process = await findProcess(pid);
  await ask(process, '/v1/stop', {});
  complain(`process ${process.pid} is not being profiled`);
  return 0;
}

export async function clearProcess({ pid, tag }: ClearCommand): Promise<number> {
  const process = await findProcess(pid);
  await ask(process, '/v1/clear', tag === undefined ? {} : { tag });
  complain(`process ${process.pid} has forgotten ${tag === undefined ? 'its figures' : `what ran under '${tag}'`}`);
  return 0;
}

/** As `everycall report` does with a file. What is chosen and how it looks is worked out here, not in that process. */
export async function snapshotProcess(command: SnapshotCommand): Promise<number> {
  const process = await findProcess(command.pid);
  const { body } = await ask(process, '/v1/snapshot?format=json');
  const profile = selected(parseJson(body.toString('utf8')), command);
  const { path } = command.output;
  if (path === undefined) printReport(1, profile, command, () => formats);
  else writeReport(path, profile, command, () => formats);
  return 0;
}
