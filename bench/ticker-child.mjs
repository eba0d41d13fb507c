// CPU time of the ticker's thread while this one calls a function every millisecond: node --import everycall/register
// ticker-child.mjs SECONDS. The ticker is the thread that is there after the start and was not before. Prints one line of JSON:
// its share of one core, or the reason why the system does not tell.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const TASKS = '/proc/self/task';
const seconds = Number(process.argv[2]);
let done = 0;

function tinyWork() {
  done++;
}

const threads = () => readdirSync(TASKS);
/** The first number of schedstat: time on a processor, ns. */
const cpuNs = (ids) =>
  ids.reduce((sum, id) => sum + Number(readFileSync(`${TASKS}/${id}/schedstat`, 'utf8').split(' ')[0]), 0);

async function work(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    tinyWork();
    await pause(1);
  }
}

async function measure() {
  if (!existsSync(`${TASKS}/${process.pid}/schedstat`))
    return { share: 0, reason: 'no /proc/self/task/*/schedstat here' };
  await work(100); // what Node starts late is there
  const before = new Set(threads());
  globalThis.everycall.start({ precision: 'sampled' });
  await work(300);
  const added = threads().filter((id) => !before.has(id));
  if (added.length !== 1) throw new Error(`expected one more thread, got ${added.length}`);
  const [cpuBefore, wallBefore] = [cpuNs(added), performance.now()];
  await work(seconds * 1000);
  const share = (cpuNs(added) - cpuBefore) / ((performance.now() - wallBefore) * 1e6);
  return { share, calls: done, reason: null };
}

process.stdout.write(`${JSON.stringify(await measure())}\n`);
process.exit();
