// The handlers of both servers: some synchronous work, two awaits, one of them of several things at once.
import { setImmediate } from 'node:timers/promises';

function score(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum;
}

async function find(id) {
  await setImmediate();
  return { id, score: score(`user ${id}`) };
}

function render(user, friends) {
  return { ...user, friends: friends.map((friend) => ({ ...friend, name: `friend ${friend.id}` })) };
}

export async function userPage(id) {
  const user = await find(id);
  return render(user, await Promise.all([1, 2, 3, 4].map((n) => find(`${id}-${n}`))));
}

/** Ends the server, with a line saying what CPU time it took since the line on standard input that began the count. */
export function reportCpu() {
  let before = process.cpuUsage();
  process.stdin.once('data', () => (before = process.cpuUsage()));
  process.stdin.resume();
  process.stdin.unref?.();
  process.on('SIGTERM', () => {
    const { user, system } = process.cpuUsage(before);
    console.log(`cpu ${user + system}`);
    process.exit();
  });
}

/** Whether and how the profiler runs is up to the environment, so that all variants run this same file. */
export async function profiling() {
  const { BENCH_START, BENCH_TAGS } = process.env;
  const everycall = BENCH_START || BENCH_TAGS ? await import('../../dist/src/index.js') : undefined;
  if (BENCH_START) everycall.start({ precision: BENCH_START });
  return BENCH_TAGS ? everycall.withTag : (_tag, work) => work();
}
