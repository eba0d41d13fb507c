// What jest loads as its test framework: the configured one, under the tag of the test file.
import { pathToFileURL } from 'node:url';
import { enterTestFile } from './file-tag.ts';
import type { OwnConfig } from './jest.ts';

type Arguments = [globalConfig: unknown, config: OwnConfig, environment: unknown, runtime: unknown, file: string];
type Framework = (...args: Arguments) => Promise<unknown>;
interface Loaded {
  readonly default: Framework | { readonly default: Framework };
}

/** Does not call the original by itself: every stack trace of a test would show it. */
export default function framework(...args: Arguments): Promise<unknown> {
  const [, { everycall }, , , file] = args;
  return import(pathToFileURL(everycall.testRunner).href)
    .then((loaded: Loaded) => {
      const original = typeof loaded.default === 'function' ? loaded.default : loaded.default.default;
      enterTestFile(file);
      return Promise.resolve().then(original.bind(undefined, ...args));
    })
    .finally(() => enterTestFile(undefined));
}
