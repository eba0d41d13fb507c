// Four workers that parse JavaScript; this thread hands out the work. What is instrumented runs in the workers.
const { once } = require('node:events');
const { join } = require('node:path');
const { Worker } = require('node:worker_threads');

const WORKERS = 4;
const JOBS = 12;
const WORKER = join(__dirname, 'worker.cjs');
let workers;

function start() {
  return Array.from({ length: WORKERS }, () => {
    const worker = new Worker(WORKER);
    worker.unref();
    return worker;
  });
}

async function ask(worker) {
  worker.ref();
  worker.postMessage('parse');
  const [nodes] = await once(worker, 'message');
  worker.unref();
  return nodes;
}

async function work(worker, queue, answers) {
  while (queue.pop() !== undefined) answers.push(await ask(worker));
}

exports.run = async () => {
  workers ??= start();
  const queue = Array.from({ length: JOBS }, (_, job) => job);
  const answers = [];
  await Promise.all(workers.map((worker) => work(worker, queue, answers)));
  return answers;
};
/** Loaded by the workers. */
exports.files = [WORKER, require.resolve('acorn')];
exports.check = (answers) => {
  if (answers.length !== JOBS || new Set(answers).size !== 1 || !(answers[0] > 10)) {
    throw new Error(`expected ${JOBS} equal answers, got ${answers}`);
  }
};
