// The cases of suspensions.test.ts: forms of functions that suspend × positions at which they do × ways they end. `S(x)`
// in a position stands for `await` or `yield` of `val(x)`; each log line carries the number of microtask turns so far.

export interface SuspendingForm {
  readonly name: string;
  readonly kind: 'async' | 'generator' | 'async generator';
  /** Code that defines `f` with this body. */
  readonly define: (body: string) => string;
}

const method = (head: string): ((body: string) => string) => {
  return (body) => `const o = { ${head}(a) {${body}} }; const f = (a) => o.f(a);`;
};
const derived = (head: string, call = 'new D().f(a)'): ((body: string) => string) => {
  const extended = head.startsWith('static ') ? 'static base(x)' : 'base(x)';
  return (body) => `class B { ${extended} { log('base', x); return x; } }
    class D extends B { ${head}(a) { super.base(a); ${body}} static own(a) { return new D().#p?.(a) } #p }
    const f = (a) => ${call};`;
};

export const FORMS: readonly SuspendingForm[] = [
  { name: 'async declaration', kind: 'async', define: (body) => `async function f(a) {${body}}` },
  { name: 'async expression', kind: 'async', define: (body) => `const f = async function own(a, b = [a]) {${body}};` },
  { name: 'async arrow', kind: 'async', define: (body) => `const f = async (a) => {${body}};` },
  { name: 'async object method', kind: 'async', define: method('async f') },
  { name: 'async class method', kind: 'async', define: derived('async f') },
  { name: 'async static method', kind: 'async', define: derived('static async f', 'D.f(a)') },
  {
    name: 'async private method',
    kind: 'async',
    define: (body) => `class C { async #f(a) {${body}} g(a) { return this.#f(a) } } const f = (a) => new C().g(a);`,
  },
  { name: 'generator declaration', kind: 'generator', define: (body) => `function* f(a) {${body}}` },
  { name: 'generator method', kind: 'generator', define: method('*f') },
  { name: 'generator class method', kind: 'generator', define: derived('*f') },
  { name: 'async generator declaration', kind: 'async generator', define: (body) => `async function* f(a) {${body}}` },
  { name: 'async generator method', kind: 'async generator', define: method('async *f') },
  { name: 'async generator class method', kind: 'async generator', define: derived('async *f') },
];

export interface Position {
  readonly name: string;
  readonly code: string;
  /** Kinds of functions it is for; all if left out. */
  readonly only?: readonly SuspendingForm['kind'][];
}

const ASYNC = ['async', 'async generator'] as const;
const YIELDING = ['generator', 'async generator'] as const;

export const POSITIONS: readonly Position[] = [
  { name: 'none', code: "log('nothing');" },
  { name: 'statement', code: "S(1); log('then'); S(2);" },
  { name: 'value', code: 'const x = S(1); log(x, h(S(2)));' },
  { name: 'argument', code: 'log(h(S(1)), Math.max(S(2), S(3)));' },
  { name: 'template', code: 'log(`${S(1)}-${h(S(2))}`);' },
  { name: 'tagged template', code: 'const tag = (s, ...v) => s.raw.join() + v; log(tag`a${S(1)}b${S(2)}`);' },
  {
    name: 'destructuring default',
    code: 'const { p = S(1), q: [r] = [h(S(2))] } = h({}) ?? {}; const [t = S(3)] = []; log(p, r, t);',
  },
  { name: 'computed key', code: 'const o = { [S("k")]: S(1), [`m`]() { return S2(this) } }; log(Object.keys(o));' },
  {
    name: 'class',
    code: 'class K extends (S(0), Object) { static [h("s")] = 1; [(S(1), "m")]() { return 5 } } log(K.s, new K().m());',
  },
  { name: 'conditional', code: 'log(S(1) ? S(2) : S(3), S(0) && S(4), S(0) || S(5), S(null) ?? S(6));' },
  {
    name: 'assignment',
    code: 'let x; const o = { n: 1 }; x ??= S(1); x += S(2); o.n &&= S(3); [x, o.n] = [S(4)]; log(x, o.n);',
  },
  { name: 'optional chain', code: 'log(S({ b: { c: 1 } })?.b?.c, S(null)?.b, S(h)?.(S(2)));' },
  { name: 'spread and new', code: 'log([...S([1, 2])], { ...S({ k: 1 }) }.k, new (S(Array))(S(3)).length);' },
  {
    name: 'operators',
    code: 'log(typeof S(1), -S(2), !S(0), (S(2)) ** 2, void S(1), (S(1), S(2)), S(1) in [1, 2], delete S({}).x);',
  },
  { name: 'nested', code: 'log(S(S(S(1))));' },
  { name: 'return', code: 'try { return S(1); } finally { log(h("left")); }' },
  {
    name: 'return of a promise',
    code: 'try { return val(1); } catch (e) { log("caught", e); } finally { log(h("left")); }',
  },
  { name: 'return in a loop', code: 'for (const x of tracked([1, 2])) { if (h(x) === 1) return S(x); }' },
  { name: 'throw', code: 'throw S(new Error("own"));' },
  { name: 'throw caught', code: 'try { throw S(7); } catch (e) { log("caught", e, h(S(1))); }' },
  { name: 'if and while', code: 'let i = 0; if (S(1)) while (i++ < S(2)) { log(i); } do { S(i); } while (i-- > 1);' },
  { name: 'for header', code: 'for (let i = S(0); i < S(2); i += S(1)) { log(i, h(i)); }' },
  { name: 'for in', code: 'for (const k in S({ a: 1, b: 2 })) { log(k, S(k)); }' },
  { name: 'for of head', code: 'for (const x of S([1, 2])) log(h(x));' },
  { name: 'for of body', code: 'for (const x of tracked([1, 2])) { log(x, S(x)); } log("after");' },
  { name: 'for of statement body', code: 'let y; for (y of tracked([1, 2])) S(y); log(y);' },
  { name: 'for of break', code: 'for (const x of tracked([1, 2, 3])) { S(x); if (x === 2) break; } log(h("after"));' },
  { name: 'for of pattern', code: 'for (const { v = S(1) } of tracked([{}, { v: 2 }])) log(v, h(v));' },
  {
    name: 'for of that closes',
    code: 'for (const x of { i: 0, [Symbol.iterator]() { return this }, next() { return { value: this.i, done: this.i++ > 2 } }, return() { log("closing", h(1)); return {}; } }) S(x);',
  },
  {
    name: 'for of closures',
    code: 'const fs = []; for (let x of [1, 2]) { fs.push(() => x++); S(0); } log(fs.map((g) => g()), fs.map((g) => g()));',
  },
  {
    name: 'labels',
    code: 'outer: for (const x of tracked([1, 2, 3])) { for (const y of tracked([1, 2])) { S(y); if (x === 1) continue outer; if (x === 3) break outer; log(x, y); } } log(h("end"));',
  },
  {
    name: 'switch',
    code: 'switch (S(2)) { case S(1): log("one"); case S(2): log("two"); case 3: { S(3); break; } default: log("no"); }',
  },
  { name: 'catch', code: 'try { S(1); h(2); S(3); } catch (e) { log("caught", h(e)); S(4); }' },
  { name: 'catch without a binding', code: 'try { S(1); S(2); } catch { log(h("caught")); }' },
  {
    name: 'catch with a pattern',
    code: 'try { S(1); throw { z: S(2) }; } catch ({ z = h("default"), message: m = z }) { const e = h(m); log(z, e); { let m = 1; log(m); } } ',
  },
  { name: 'finally', code: 'try { S(1); } finally { log(h("f")); S(2); log("f2"); }' },
  {
    name: 'catch and finally',
    code: 'try { try { S(1); S(2); } catch (e) { h("c"); S(3); throw e; } finally { h("f"); S(4); } } catch (e) { log("outer", h(e)); }',
  },
  { name: 'finally that returns', code: 'for (;;) { try { S(1); return S(2); } finally { h("f"); return "over"; } }' },
  {
    name: 'finally that breaks',
    code: 'let i = 0; while (i++ < 2) { try { S(i); } finally { h(i); continue; } } log("end");',
  },
  { name: 'awaits in catch only', code: 'try { h(1); throw 1; } catch (e) { S(e); } finally { h("f"); }' },
  {
    name: 'declared functions',
    code: 'log(g(1)); let n = S(2); function g(x) { return typeof x + k(x) } function k(x) { return h(x) } log(g(n));',
  },
  {
    name: 'captured functions',
    code: 'let n = S(1); function g() { return n } log(g()); { function q() { return n } log(q()); } n = S(3); log(q());',
  },
  { name: 'arguments and this', code: 'S(1); log(arguments?.length, typeof this);' },
  {
    name: 'inner functions',
    code: 'const g = async (x) => { await x; return h(x) }; const i = function* () { yield h(1); yield 2 }; log([...i()]); g(1).then(log); S(1);',
  },
  { name: 'closures before and after', code: 'const g = () => h(1); g(); S(1); g(); S(2); g();' },
  { name: 'own names', code: 'const $h = 1, $u = S(2), $t_0 = 3; log($h, $u, $t_0);' },
  { name: 'for await over values', code: 'for await (const x of [1, val(2), 3]) { log(x, h(x)); }', only: ASYNC },
  {
    name: 'for await over an async generator',
    code: 'for await (const x of source(3)) { log(h(x)); S(x); }',
    only: ASYNC,
  },
  {
    name: 'for await over an iterator',
    code: 'for await (const x of steps(3)) { log(h(x)); } log("end");',
    only: ASYNC,
  },
  {
    name: 'for await break',
    code: 'for await (const x of steps(3)) { if (x === 1) break; log(x); } log(h("end"));',
    only: ASYNC,
  },
  {
    name: 'for await return',
    code: 'for await (const x of steps(3)) { if (x === 1) return h(x); S(x); }',
    only: ASYNC,
  },
  {
    name: 'for await throw',
    code: 'try { for await (const x of steps(3)) { S(x); if (x === 1) throw h(x); } } catch (e) { log("caught", h(e)); }',
    only: ASYNC,
  },
  {
    name: 'for await labels',
    code: 'outer: for (const a of tracked([1, 2])) { inner: for await (const x of steps(3)) { if (x === 1) continue outer; if (a === 2) continue inner; log(a, h(x)); } } log(h("end"));',
    only: ASYNC,
  },
  {
    name: 'for await label break',
    code: 'done: { one: two: for await (const x of steps(3)) { S(x); if (x === 1) break done; } log("not here"); } log(h("end"));',
    only: ASYNC,
  },
  {
    name: 'for await pattern',
    code: 'for await (const { v = h(1), w: [z] = [2] } of [{}, val({ v: 3 })]) { log(v, z); }',
    only: ASYNC,
  },
  {
    name: 'for await var and target',
    code: 'const o = {}; for await (var v of [1, 2]) h(v); for await (o[h("k")] of [1, 2]) h(o.k); for await ([o.a, o.b = h(1)] of [[1], [2, 3]]) log(o.a, o.b); log(v, o.k);',
    only: ASYNC,
  },
  {
    name: 'for await closures',
    code: 'const fs = []; for await (let x of [1, 2]) fs.push(() => x++); log(fs.map((g) => g()), fs.map((g) => g()));',
    only: ASYNC,
  },
  {
    name: 'for await of nothing good',
    code: 'try { for await (const x of h({ [Symbol.asyncIterator]: () => 1 })) h(x); } catch (e) { log(e.name); } for await (const x of steps(1, "throw")) h(x);',
    only: ASYNC,
  },
  {
    name: 'for await that fails',
    code: 'try { for await (const x of steps(3, "reject")) log(h(x)); } catch (e) { log("caught", e.message, h(1)); } finally { log("f"); }',
    only: ASYNC,
  },
  {
    name: 'concurrent',
    code: 'log(await Promise.all([1, 2].map(async (x) => { await val(x); return h(x) })));',
    only: ASYNC,
  },
  { name: 'thenable', code: 'log(await { then(resolve) { log(h("then")); resolve(5) } });', only: ASYNC },
  { name: 'never', code: 'h(1); await new Promise(() => {}); h(2);', only: ASYNC },
  { name: 'yield nothing', code: 'log(yield, [yield, yield]); h(1);', only: YIELDING },
  { name: 'yield* array', code: 'log(yield* h([1, 2])); h(3);', only: YIELDING },
  {
    name: 'yield* generator',
    code: 'const g = function* () { try { log(yield h(1)); yield 2; return 3 } finally { log(h("inner")) } }; log(yield* g(), h(4));',
    only: YIELDING,
  },
  { name: 'yield* iterator', code: 'log(yield* plainSteps(2), h(1));', only: YIELDING },
  {
    name: 'yield* caught',
    code: 'try { yield* plainSteps(3); } catch (e) { log("caught", h(e)); yield h("c"); } finally { h("f"); yield "f"; }',
    only: YIELDING,
  },
  {
    name: 'yield* recursive',
    code: 'const g = function* (n) { yield n; if (n) yield* g(n - 1); h(n); }; yield* g(3);',
    only: YIELDING,
  },
  { name: 'yield* async', code: 'log(yield* source(2), h(1)); log(yield* steps(2));', only: ['async generator'] },
  {
    name: 'await and yield',
    code: 'log(await val(1), yield await val(2), await (yield h(3)));',
    only: ['async generator'],
  },
  {
    name: 'yield in try, await in finally',
    code: 'try { yield h(1); yield h(2); } finally { await val(3); h(4); yield 5; }',
    only: ['async generator'],
  },
];

/** What every program begins with. */
const PRELUDE = `
let turns = 0, chain = 0;
function begin(...values) {
  log('---', ...values);
  const mine = ++chain;
  turns = 0;
  (function turn() { if (mine === chain && turns++ < 80) Promise.resolve().then(turn); })();
}
const log = (...values) => { out.push(turns + ': ' + values.map((v) => v instanceof Error ? v.message : typeof v === 'function' ? v.name : JSON.stringify(v)).join(' ')); };
function h(x) { return ((y) => y)(x); }
function S2(x) { return x; }
let made = 0, failAt = 0, asPromise = true;
function val(x) {
  made++;
  if (made === failAt) return asPromise ? Promise.reject(new Error('rejected ' + made)) : x;
  return asPromise && made % 2 ? Promise.resolve(x) : x;
}
function* tracked(values) { try { for (const v of values) yield v; } finally { log('closed', h(1)); } }
async function* source(n) { try { for (let i = 0; i < n; i++) yield h(i); } finally { log('source closed'); } }
function steps(n, at) {
  let i = 0;
  return {
    [Symbol.asyncIterator]() { log('iterate'); return this; },
    next(...args) {
      log('next', args);
      if (at && i === 1) { i++; if (at === 'throw') throw new Error('sync'); return Promise.reject(new Error('async')); }
      return Promise.resolve({ value: h(i), done: i++ >= n });
    },
    get return() { log('return?'); return async (...args) => { log('return', args); return { done: true, value: args[0] }; }; },
  };
}
function plainSteps(n) {
  let i = 0;
  return {
    [Symbol.iterator]() { return this; },
    next(...args) { log('next', args); return { get value() { log('value'); return h(i) }, get done() { return i++ >= n } }; },
    get throw() { return function (e) { log('throw', this === undefined, e); throw e; }; },
    return: (...args) => (log('return', args), { done: true, value: args[0] }),
  };
}
`;

/** Drives `f` to each of its ends, one after the other, in jobs of their own. */
const DRIVERS: Record<SuspendingForm['kind'], string> = {
  async: `
    const ends = [];
    async function main() {
      for (failAt = 0; failAt < 4; failAt++) {
        made = 0; begin('fail at', failAt);
        const settled = f(1).then((v) => log('done', v), (e) => log('failed', e));
        await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 0))]);
      }
      begin('concurrently'); failAt = 0;
      await Promise.race([Promise.allSettled([f(1), f(2), h(f(3))]), new Promise((resolve) => setTimeout(resolve, 0))]);
    }
    ends.push(main());`,
  generator: `
    asPromise = false;
    function drive(actions) {
      made = 0; begin(actions);
      const it = f(1);
      for (let i = 0; i < 12; i++) {
        const action = actions[i] ?? actions.at(-1);
        if (action === 'drop') return;
        try {
          const { value, done } = it[action](action === 'throw' ? new Error('thrown') : i);
          log(action, value, done);
          if (done && i > 0) break;
        } catch (e) { log(action, 'failed', e); }
      }
    }
    drive(['next']); drive(['next', 'throw', 'next']); drive(['next', 'next', 'throw', 'next']); drive(['next', 'return', 'next']);
    drive(['next', 'next', 'return']); drive(['return']); drive(['throw']); drive(['next', 'drop']); drive(['drop']);
    made = 0; for (const x of f(1)) { log('item', x); break; }
    made = 0; try { const [p, q] = f(1); log(p, q); } catch (e) { log('failed', e); }`,
  'async generator': `
    async function drive(actions, queued) {
      made = 0; begin(actions, queued ?? false);
      const it = f(1), waiting = [];
      for (let i = 0; i < 10; i++) {
        const action = actions[i] ?? actions.at(-1);
        if (action === 'drop') return;
        const step = it[action](action === 'throw' ? new Error('thrown') : i).then(
          ({ value, done }) => (log(action, value, done), done), (e) => log(action, 'failed', e));
        if (queued) waiting.push(step);
        else if ((await Promise.race([step, new Promise((resolve) => setTimeout(resolve, 0, true))])) && i > 0) break;
      }
      await Promise.race([Promise.all(waiting), new Promise((resolve) => setTimeout(resolve, 0))]);
    }
    async function main() {
      for (failAt = 0; failAt < 3; failAt++) await drive(['next']);
      failAt = 0;
      await drive(['next', 'throw', 'next']); await drive(['next', 'next', 'throw', 'next']); await drive(['next', 'return', 'next']);
      await drive(['return']); await drive(['throw']); await drive(['next', 'drop']);
      await drive(['next', 'next', 'return', 'next'], true); await drive(['next', 'throw', 'next'], true);
      try { for await (const x of f(1)) { log('item', x); break; } } catch (e) { log('failed', e); }
    }
    main();`,
};

/** The programs of a form and a position: one for each way to suspend. */
export function programsOf(form: SuspendingForm, { code, only }: Position): { how: string; source: string }[] {
  if (only && !only.includes(form.kind)) return [];
  const hows = form.kind === 'async' ? ['await'] : form.kind === 'generator' ? ['yield'] : ['await', 'yield'];
  return hows.flatMap((how) => {
    if (!/\bS\(/.test(code) && how !== hows[0]) return [];
    const body = suspend(code, how);
    return [{ how, source: `${PRELUDE} ${form.define(`log('begin'); ${body}`)} ${DRIVERS[form.kind]}` }];
  });
}

/** Replaces each `S(…)`, from the last on, so that inner ones come first. */
function suspend(code: string, how: string): string {
  let text = code;
  for (const { index } of [...code.matchAll(/\bS\(/g)].reverse()) {
    let end = index + 2;
    for (let open = 1; open > 0; end++) open += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    text = `${text.slice(0, index)}(${how} val(${text.slice(index + 2, end - 1)}))${text.slice(end)}`;
  }
  return text;
}
