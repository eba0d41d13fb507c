// Programs that ECMAScript's conformance tests, or random ones, showed to be changed by the transform once.
import vm from 'node:vm';
import { expect } from 'chai';
import { RUNTIME_KEY } from '../../runtime/contract.ts';
import { createRecorder, instrument, run, tableOf } from '../support/instrument.ts';

const SAME: Record<string, string> = {
  'an eval in a declared function sees the const of the body':
    'function f() { const n = 1; function g() { return eval("n") } return g() } out.push(f());',
  'so does one in what lies in it, through bodies':
    'function f() { let n = 1; function g() { let m = 2; function h() { return (() => eval("n + m"))() } return h() } return g() } out.push(f());',
  'an eval in parentheses is one': 'function f() { (eval)("var n = 1"); return n } out.push(f());',
  'what an awaiting loop goes over finds the name of its pattern unbound':
    'let x = 5; async function f() { for (let [x] of [[x]]) await 1 } f().catch(({ name }) => out.push(name)); 0',
  'and keeps it in a closure':
    'let x = 5; function* f() { for (const { a = 1, b } of [{ b: () => b }]) yield b() } try { out.push([...f()]) } catch ({ name }) { out.push(name) }',
  'functions that are written alike are the same key':
    'const o = { [() => (() => 1)]: 1, [(async () => 2)]: 2 }; out.push(o[() => (() => 1)], o[async () => 2]);',
  'also as names of members':
    'class C { [async () => {}]() { return 1 } static [class {}] = 2 } out.push(new C()[async () => {}](), C[class {}]);',
  'a name in parentheses names no function':
    'let a, b, c, d; (a) = () => {}; (b) = class {}; c = () => {}; [(d) = function () {}] = []; out.push(a.name, b.name, c.name, d.name);',
  'what returns from a with looks nothing up in its object':
    'const p = new Proxy({ x: 1 }, { has(_, key) { out.push(key); return true } }); function f() { with (p) { return x } } out.push(f());',
  'an array pattern in parentheses among arguments stays one':
    'const o = {}; function f(a, b) { return b } out.push(f({ p: this }, ([(o)[0], , ...(o)[1]] = [1, 2, 3])).length, o[1][0]);',
  'text of a function is added as it is written':
    'out.push(function () { return 1 } + 1 === function () { return 1 }.toString() + 1, `${() => 1}` === String(() => 1));',
  'what has no iterator is asked for one once': `
    const none = { get [Symbol.asyncIterator]() { out.push('async'); }, get [Symbol.iterator]() { out.push('sync'); } };
    async function waits() { try { for await (const x of none); } catch (error) { out.push(error instanceof TypeError); } }
    function* yields() { yield* none; }
    waits(); try { [...yields()]; } catch (error) { out.push(error instanceof TypeError); }`,
  'a primitive value has the iterator of its own realm': `
    Boolean.prototype[Symbol.iterator] = function* () { yield 1; };
    try { function* yields() { yield* true; } out.push(...yields()); } finally { delete Boolean.prototype[Symbol.iterator]; }`,
  'a function is compared by its text':
    'out.push((function () { return 1 } >= function () { return 1 }) === (function () { return 1 }.toString() >= function () { return 1 }.toString()), (() => 2) < (() => 3));',
};

async function outOf(code: string, kind: 'script' | 'commonjs', running?: boolean): Promise<unknown[]> {
  const outcome = await run(code, kind, running === undefined ? undefined : createRecorder(running));
  await new Promise(setImmediate);
  return [...outcome.out, outcome.completion];
}

describe('instrumented programs', () => {
  for (const [name, source] of Object.entries(SAME)) {
    it(name, async () => {
      for (const kind of ['script', 'commonjs'] as const) {
        const code = instrument(source, { moduleKind: kind });
        const expected = await outOf(source, kind);
        expect(expected.length, source).to.be.greaterThan(1);
        for (const running of [false, true]) expect(await outOf(code, kind, running), code).to.deep.equal(expected);
      }
    });
  }

  it('lists functions whose text is wanted, and loops over what they bind', () => {
    const reasons = tableOf('a[() => {}]; async function f() { for (const [x] of [x]) await 1 }').left;
    expect(reasons.map(([name, , , , reason]) => [name, reason])).to.deep.equal([
      ['<anonymous>', 'text'],
      ['f', 'head'],
    ]);
  });
});

describe('a script', () => {
  const contextOf = (): vm.Context => vm.createContext({ [Symbol.for(RUNTIME_KEY)]: createRecorder() });
  const asScript = (source: string): string => instrument(source, { moduleKind: 'script' });

  it('adds no name that is enumerated', () => {
    const context = contextOf();
    const source =
      'var a = 1; function f() {} f(); var names = []; for (const name in this) names.push(name); names.join()';
    expect(vm.runInContext(asScript(source), context)).to.equal(vm.runInNewContext(source));
  });

  it('has the completion value that it had', () => {
    for (const source of ['var a = 1', '3; var b = 2', '3; { } ;', '"use strict"', '"use strict"; 7; let c = 1', '']) {
      const whole = `${source}\nfunction last() {}`;
      expect(vm.runInContext(asScript(whole), contextOf()), source).to.equal(vm.runInNewContext(whole));
    }
  });

  it('runs twice, and where it cannot add a name', () => {
    const context = contextOf();
    const script = new vm.Script(asScript('var runs = (typeof runs === "number" ? runs : 0) + (() => 1)(); runs'));
    expect([script.runInContext(context), script.runInContext(context)]).to.deep.equal([1, 2]);
    const frozen = contextOf();
    vm.runInContext('Object.defineProperty = () => { throw 1 }', frozen);
    expect(vm.runInContext(asScript('(() => 4)()'), frozen)).to.equal(4);
  });
});
