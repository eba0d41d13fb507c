// Functions that a program sends elsewhere as text: what they compute there is what the original's text computes, however
// the file was built. Nothing of ours is to be found there, and no name of ours may be looked up.
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { transformSync as esbuild } from 'esbuild';
import { minify } from 'terser';
import type { ModuleKind } from '../../transform/index.ts';
import { chromiumPath, openBrowser, watchedPage } from '../support/browser.ts';
import { createRecorder, instrument, run } from '../support/instrument.ts';
import { SENT_FORMS } from './text-cases.ts';
import type { SentForm } from './text-cases.ts';

/** Whether this version of V8 parses it. */
function isKnown({ code, isNew }: SentForm): boolean {
  try {
    return !isNew || vm.compileFunction(`(${code})`) !== undefined;
  } catch {
    return false;
  }
}

const forms = SENT_FORMS.filter(isKnown);
const source = forms.map(({ code }) => `out.push(${code});`).join('\n');

interface Build {
  readonly name: string;
  readonly moduleKind: ModuleKind;
  /** What a build does with what the plugin made of it. */
  readonly built?: (code: string) => string | Promise<string>;
  /** The kind of module that comes out, where it is another. */
  readonly runAs?: ModuleKind;
}

const BUILDS: readonly Build[] = [
  { name: 'an ES module', moduleKind: 'esm' },
  { name: 'CommonJS', moduleKind: 'commonjs' },
  { name: 'a script', moduleKind: 'script' },
  // What it imports becomes a property of a variable, as webpack and vite write it, too.
  {
    name: 'an ES module compiled to CommonJS',
    moduleKind: 'esm',
    built: (code) => esbuild(code, { format: 'cjs', target: 'esnext' }).code,
    runAs: 'commonjs',
  },
  {
    name: 'an ES module minified by esbuild',
    moduleKind: 'esm',
    built: (code) => esbuild(code, { minify: true, format: 'esm', target: 'esnext' }).code,
  },
  {
    name: 'CommonJS minified by terser',
    moduleKind: 'commonjs',
    built: async (code) => (await minify(code, { toplevel: true, compress: { passes: 2 } })).code!,
  },
];

/** Runs each expression and gives its result, or that of draining it, as JSON; an error is a result. */
const RUN_ALL = `async (expressions, evaluate) => {
  const results = [];
  for (const expression of expressions) {
    try {
      let value = await evaluate(expression);
      if (value && typeof value.next === 'function') {
        const all = [];
        for (let step; !(step = await value.next()).done; ) all.push(step.value);
        value = all;
      }
      results.push(JSON.stringify(value) ?? 'undefined');
    } catch (error) {
      results.push(String(error));
    }
  }
  return results;
}`;

const inContext = (expressions: readonly string[]): Promise<string[]> => {
  const runAll = vm.runInThisContext(`(${RUN_ALL})`) as (
    expressions: readonly string[],
    evaluate: (expression: string) => unknown,
  ) => Promise<string[]>;
  return runAll(expressions, (expression) => vm.runInNewContext(expression));
};

async function inWorker(expressions: readonly string[]): Promise<string[]> {
  const code = `const { parentPort, workerData } = require('node:worker_threads');
    (${RUN_ALL})(workerData, (expression) => new Function('return ' + expression)()).then((all) => parentPort.postMessage(all));`;
  const worker = new Worker(code, { eval: true, workerData: expressions });
  const results = await new Promise<string[]>((resolve, reject) =>
    worker.once('message', resolve).once('error', reject),
  );
  await worker.terminate();
  return results;
}

describe('the text of instrumented functions', () => {
  const expressionsOf = (functions: readonly unknown[]): string[] => functions.map((fn, i) => forms[i].use(String(fn)));
  const builds = new Map<string, string[]>();
  let originals: string[];

  before(async () => {
    originals = expressionsOf((await run(source, 'esm')).out);
    for (const { name, moduleKind, built, runAs = moduleKind } of BUILDS) {
      const hooks = createRecorder();
      const code = instrument(source, { moduleKind });
      const { out, completion } = await run(built ? await built(code) : code, runAs, hooks);
      expect(completion, name).to.not.be.a('string');
      expect(hooks.files, name).to.have.length(1);
      builds.set(name, expressionsOf(out));
    }
  });

  function compare(results: readonly string[], expected: readonly string[], build: string): void {
    const told = (all: readonly string[]): string[] => all.map((each, i) => `${forms[i].name}: ${each}`);
    expect(told(results), build).to.deep.equal(told(expected));
  }

  it('is what the cases say it is: instrumented, and of use as it is in the original', async () => {
    const results = await inContext(originals);
    expect(results.filter((each) => /^\w*Error/.test(each) || each === 'undefined')).to.deep.equal([]);
    for (const [name, expressions] of builds) {
      const same = forms.filter((_, i) => expressions[i] === originals[i]).map((each) => each.name);
      expect(same, name).to.deep.equal(['made by new Function']);
      expect(expressions.join('').split(/typeof/).length, name).to.be.above(forms.length);
    }
  });

  it('computes the same in another context', async () => {
    const expected = await inContext(originals);
    for (const [name, expressions] of builds) compare(await inContext(expressions), expected, name);
  });

  it('computes the same in a worker that has only the text', async () => {
    const expected = await inContext(originals);
    for (const [name, expressions] of builds) compare(await inWorker(expressions), expected, name);
  });

  it('computes the same in a module that is instrumented itself, where the short names mean something else', async () => {
    const expected = await inContext(originals);
    const host = `const evaluate = (expression) => eval('(' + expression + ')'); out.push(evaluate);`;
    const hooks = createRecorder();
    const { out } = await run(instrument(host, { moduleKind: 'commonjs' }), 'commonjs', hooks);
    const runAll = vm.runInThisContext(`(${RUN_ALL})`) as (all: string[], evaluate: unknown) => Promise<string[]>;
    for (const [name, expressions] of builds) compare(await runAll(expressions, out[0]), expected, name);
    expect(hooks.mistakes).to.deep.equal([]);
  });

  it('computes the same when several functions that name each other are sent together', async () => {
    const { out } = await run(
      instrument(
        'function twice(x) { return x * 2 } async function main(a) { return twice(await a) } out.push(twice, main)',
      ),
      'esm',
      createRecorder(),
    );
    expect(await vm.runInNewContext(`${out.map(String).join(';')}; main(21)`)).to.equal(42);
  });

  it('computes the same in the workers of a library that sends it', async () => {
    const { pool } = createRequire(import.meta.url)('workerpool') as {
      pool(options: object): { exec(fn: unknown, args: unknown[]): Promise<unknown>; terminate(): Promise<unknown> };
    };
    const { out } = await run(
      instrument('out.push((a) => [a].map((x) => x + 1), async function (a) { return (await a) * 2 })'),
      'esm',
      createRecorder(),
    );
    const workers = pool({ workerType: 'thread', maxWorkers: 1 });
    try {
      expect(await Promise.all(out.map((fn) => workers.exec(fn, [4])))).to.deep.equal([[5], 8]);
    } finally {
      await workers.terminate();
    }
  });

  if (chromiumPath() !== undefined) {
    it('computes the same in a page of a browser (needs chromium)', async () => {
      const browser = await openBrowser();
      try {
        const { page, complaints } = await watchedPage(browser);
        const inPage = (expressions: readonly string[]): Promise<string[]> =>
          page.evaluate(`(${RUN_ALL})(${JSON.stringify(expressions)}, (each) => (0, eval)('(' + each + ')'))`);
        const expected = await inPage(originals);
        for (const [name, expressions] of builds) compare(await inPage(expressions), expected, name);
        expect(complaints).to.deep.equal([]);
      } finally {
        await browser.close();
      }
    });
  }
});
