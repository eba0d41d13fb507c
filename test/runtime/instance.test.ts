// One runtime a thread, whichever copy of the code asks, and from whichever vm context.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import { expect } from 'chai';
import { RUNTIME_KEY } from '../../runtime/contract.ts';
import { threadRuntime } from '../../runtime/instance.ts';

const bundle = fileURLToPath(new URL('../../dist/cjs/runtime.cjs', import.meta.url));
const key = Symbol.for(RUNTIME_KEY);

/** Loads the built runtime as a module of this context, as test runners load the modules of a test file. */
function loadIn(context: vm.Context): Record<string, unknown> {
  const wrapper = `(function (exports, require, module, __filename) { ${readFileSync(bundle, 'utf8')}\n})`;
  const module = { exports: {} };
  const run = vm.runInContext(wrapper, context, { filename: bundle }) as (...args: unknown[]) => void;
  run(module.exports, createRequire(bundle), module, bundle);
  return module.exports;
}

describe('the runtime of a thread', () => {
  it('is the same in every vm context', () => {
    const runtime = threadRuntime();
    const { I } = runtime.arena;
    const contexts = [vm.createContext({ process, queueMicrotask }), vm.createContext({ process, queueMicrotask })];
    for (const context of contexts) {
      const { state, enter } = loadIn(context);
      expect(state).to.equal(I);
      expect(enter).to.equal(runtime.enter);
      expect(vm.runInContext(`globalThis[Symbol.for('${RUNTIME_KEY}')]`, context)).to.equal(runtime);
    }
  });

  it('stands where nobody comes by it by chance', () => {
    for (const holder of [globalThis, workerThreads]) {
      expect(Object.getOwnPropertyDescriptor(holder, key)).to.have.property('enumerable', false);
    }
  });

  it('takes the arena that the parent thread handed on, also where a vm context asks first', () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      const vm = require('node:vm');
      const context = vm.createContext({ process, performance, queueMicrotask, TextEncoder, TextDecoder, require, module: { exports: {} } });
      const wrapped = '(function (exports, __filename) {' + require('node:fs').readFileSync(${JSON.stringify(bundle)}, 'utf8') + '\\n})';
      vm.runInContext(wrapped, context)(context.module.exports, ${JSON.stringify(bundle)});
      parentPort.postMessage(context.module.exports.state.buffer);`;
    threadRuntime();
    const worker = new workerThreads.Worker(program, { eval: true });
    return new Promise<void>((settle, reject) => {
      worker.on('error', reject);
      worker.on('message', (buffer: SharedArrayBuffer) => {
        const theirs = new Int32Array(buffer);
        const { I } = threadRuntime().arena;
        Atomics.add(I, 0, 7);
        const shared = Atomics.load(theirs, 0) === Atomics.load(I, 0);
        Atomics.sub(I, 0, 7);
        const settled = worker.terminate().then(() => expect(shared).to.equal(true));
        settled.then(() => settle(), reject);
      });
    });
  });
});
