// The first setup file of each test file under jest, run in its vm context: instrumented code there finds the runtime of
// the thread under the context's own `globalThis`.
import workerThreads from 'node:worker_threads';
import { RUNTIME_KEY } from '../../runtime/contract.ts';

const key = Symbol.for(RUNTIME_KEY);
const { [key]: runtime } = workerThreads as unknown as { readonly [key: symbol]: unknown };
Object.defineProperty(globalThis, key, { value: runtime, configurable: true, writable: true }); // not enumerable
