// `await using`: disposal suspends the function at the end of a block. Node runs it from version 24 on; older ones check
// that the output is what Babel parses, and that it has the hooks where they belong.
import { setImmediate } from 'node:timers/promises';
import { parseSync } from '@babel/core';
import { expect } from 'chai';
import { createRecorder, instrument, run } from '../support/instrument.ts';

const parserOpts = { plugins: ['explicitResourceManagement' as const] };
const babel = { parserOpts };

const PRELUDE = `
let turns = 0;
(function turn() { if (turns++ < 60) Promise.resolve().then(turn); })();
const log = (...values) => out.push(turns + ': ' + values.join(' '));
const h = (x) => x;
const asynchronous = (name, error) => ({ name, async [Symbol.asyncDispose]() { log('dispose', h(name)); await null; log('disposed', name); if (error) throw new Error(error); } });
const synchronous = (name, error) => ({ name, [Symbol.dispose]() { log('dispose', h(name)); if (error) throw new Error(error); } });
`;

const BODIES: Record<string, string> = {
  'at the end of a block': '{ await using r = asynchronous("r"); log(r.name, h(1)); } log("after", h(2));',
  'at the end of the function': 'await using r = asynchronous("r"); log(r.name); return h(r.name);',
  'of a synchronous resource': '{ await using r = synchronous("r"); log(r.name); } log("after", h(2));',
  'of one that fails':
    'try { await using r = synchronous("r", "no"); log(1); } catch (e) { log("caught", h(e.message)); }',
  'of one that rejects':
    'try { await using r = asynchronous("r", "no"); log(1); } catch (e) { log("caught", h(e.message)); }',
  'of null': '{ await using r = null; log(String(r)); } log("after", h(2));',
  'of what is no resource': 'try { await using r = {}; log(1); } catch (e) { log("caught", e.name, h(1)); }',
  'of several':
    '{ await using a = asynchronous("a"), b = synchronous("b"); await using c = asynchronous("c"); await null; log(a.name, b.name, c.name); } log(h("after"));',
  'after a rejection':
    'try { await using r = asynchronous("r"); await Promise.reject(new Error("no")); } catch (e) { log("caught", h(e.message)); }',
  'after break and continue':
    'outer: for (const i of [1, 2, 3]) { for (;;) { await using r = asynchronous("r" + i); if (i === 2) break outer; continue outer; } } log(h("end"));',
  'in the head of a loop':
    'for (await using r of [asynchronous("a"), synchronous("b")]) { log(r.name); } log(h("end"));',
  'in the head of a for await':
    'for await (await using r of [asynchronous("a"), asynchronous("b")]) { log(r.name); await null; } log(h("end"));',
  'inside a class and a closure':
    '{ await using r = asynchronous("r"); const f = () => r.name; class K { m() { return f() } } log(new K().m()); } log(h(1));',
};

let supported = true;
try {
  new Function('(async () => { await using r = null; })');
} catch {
  supported = false;
}

async function outputOf(code: string, hooks?: ReturnType<typeof createRecorder>): Promise<readonly unknown[]> {
  const { out, completion } = await run(code, 'commonjs', hooks);
  expect(completion, code).to.deep.equal({});
  for (let i = 0; i < 5; i++) await setImmediate();
  return out;
}

describe('await using', () => {
  for (const [title, body] of Object.entries(BODIES)) {
    it(`${title} suspends as the original does`, async () => {
      const source = `${PRELUDE} async function f() { ${body} } f().then((v) => log('done', v), (e) => log('failed', e.message));`;
      const code = instrument(source, { moduleKind: 'commonjs', babel });
      expect(code).to.match(/await using \$t_\d+ = \$w\(\$h, \w+\)/);
      expect(code).to.match(title.includes('function') ? /try/ : /finally \{\s*\$u\(\$h\);/);
      expect(parseSync(code, { configFile: false, babelrc: false, parserOpts })).to.not.equal(null);
      if (!supported) return;
      const hooks = createRecorder();
      const original = await outputOf(source);
      expect(await outputOf(code, hooks), code).to.deep.equal(original);
      expect(hooks.mistakes, code).to.deep.equal([]);
      expect(hooks.depth()).to.equal(0);
      expect(await outputOf(code, createRecorder(false)), code).to.deep.equal(original);
    });
  }
});
