// Runs every function form with every body, as every kind of module, before and after the transform: the same output,
// values and errors, hooks in balance, as many calls of each synchronous function as V8 counts in the original (what
// suspends: suspensions.test.ts), and as many errors as a naive `catch` counts. Run one case
// alone with EVERYCALL_CASE='form × body × mode', as it is printed.
import { Session } from 'node:inspector/promises';
import { inspect, types } from 'node:util';
import type { Outcome } from '../support/instrument.ts';
import { parseSync } from '@babel/core';
import { expect } from 'chai';
import { SITE_KINDS } from '../../runtime/contract.ts';
import { CHOSEN_CASE, isChosen } from '../support/chosen-case.ts';
import { createRecorder, instrument, run } from '../support/instrument.ts';
import type { Recorder } from '../support/instrument.ts';
import { thrownIn, wrapped } from '../support/thrown-oracle.ts';
import { BODIES, FORMS, MODES } from './cases.ts';
import type { Form, Body, Mode } from './cases.ts';

interface Case {
  readonly id: string;
  readonly mode: Mode;
  readonly source: string;
}

const formsOf = ({ plainForms }: Mode): readonly Form[] =>
  plainForms ? FORMS.filter(({ name }) => !/class|static|private|constructor|field| in /.test(name)) : FORMS;

function casesOf(form: Form, mode: Mode): Case[] {
  return BODIES.flatMap((body: Body) => {
    const id = `${form.name} × ${body.name} × ${mode.name}`;
    const code = body.code.replace(/\bRET(?:\s+([^;}]+))?/g, (_, value = '') =>
      form.noReturn ? `out.push(${value})` : `return ${value}`,
    );
    const source = (mode.strict && mode.kind !== 'esm' ? "'use strict';" : '') + form.program(code);
    return isChosen(id) && isValid(source, mode) ? [{ id, mode, source }] : [];
  });
}

/** Some bodies are errors in strict code or in some forms; V8 is not asked, since it would count what it runs. */
function isValid(source: string, { kind }: Mode): boolean {
  const sourceType = kind === 'esm' ? 'module' : 'script';
  try {
    return !!parseSync(source, { configFile: false, babelrc: false, sourceType });
  } catch {
    return false;
  }
}

/** V8's counts of the original's functions, by case and `line:column`. */
async function countByV8(cases: readonly Case[]): Promise<Map<string, Map<string, number>>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const outcomes = new Map<string, Map<string, number>>();
  for (const { id, mode, source } of cases) await run(source, mode.kind, undefined, id);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  const byName = new Map(result.map((script) => [script.url.slice(script.url.lastIndexOf('//') + 2), script]));
  for (const { id, source } of cases) {
    const script = byName.get(encodeURIComponent(id)) ?? result.find(({ url }) => url === id);
    const counts = new Map<string, number>();
    for (const { functionName, ranges } of script!.functions) {
      const [{ startOffset, count }] = ranges;
      // The whole program, and functions that exist in V8 only, to run fields and static blocks.
      if (startOffset === 0 || functionName.endsWith('_initializer>')) continue;
      const lines = source.slice(0, startOffset).split('\n');
      counts.set(`${lines.length}:${lines[lines.length - 1].length}`, count);
    }
    outcomes.set(id, counts);
  }
  return outcomes;
}

/** What a promise is inspected as depends on what else the process does. */
function shown({ out, completion }: Outcome): string {
  return inspect({ out, completion: types.isPromise(completion) ? 'a promise' : completion }, { depth: 5 });
}

/** Errors by place, of the sites that the oracle wraps and we instrument. `null` where it changed the program. */
async function errorsOf({ mode, source }: Case, original: Outcome, hooks: Recorder) {
  const naive = wrapped(source, mode.kind === 'esm' ? 'module' : 'script');
  const run1 = await run(naive, mode.kind);
  const { out, errors } = thrownIn(run1.out);
  if (shown({ out: [...out], completion: run1.completion }) !== shown(original)) return null;
  const { table } = hooks.files[0];
  const ours: Record<string, number> = {};
  const theirs: Record<string, number> = {};
  for (const [name, kind, line, column] of table.sites) {
    const place = `${line}:${column}`;
    if (SITE_KINDS[kind] === 'field') continue;
    ours[place] = hooks.errors()[`${place}:${name}`] ?? 0;
    theirs[place] = errors.get(place)?.length ?? 0;
  }
  return { ours, theirs };
}

let compared = 0;
let thrown = 0;

async function check(tested: Case, byV8: Map<string, number>): Promise<void> {
  const { id, mode, source } = tested;
  const code = instrument(source, { moduleKind: mode.kind });
  const original = await run(source, mode.kind);
  const hooks = createRecorder();
  const outcome = await run(code, mode.kind, hooks);
  const where = `in the case ${id}, instrumented as\n${code}\n`;
  expect(shown(outcome), where).to.equal(shown(original));
  if (mode.kind === 'commonjs') {
    const stopped = await run(code, mode.kind, createRecorder(false));
    expect(shown(stopped), `stopped ${where}`).to.equal(shown(original));
  }
  expect(hooks.mistakes, where).to.deep.equal([]);
  const threw = typeof original.completion === 'string';
  expect(hooks.depth(), `frames left open ${where}`).to.equal(threw ? 1 : 0);

  const errors = await errorsOf(tested, original, hooks);
  if (errors !== null) {
    expect(errors.ours, `errors ${where}`).to.deep.equal(errors.theirs);
    compared++;
    for (const count of Object.values(errors.ours)) thrown += count;
  }

  const { table } = hooks.files[0];
  const counted = hooks.counts();
  const ours: Record<string, number> = {};
  // V8 runs fields and static blocks in functions of its own, and counts each resumption of what suspends.
  const apart = ['module', 'field', 'static-block', 'async', 'generator', 'async-generator'];
  const left = new Set(table.left.map(([, , line, column]) => `${line}:${column}`));
  for (const [name, kind, line, column] of table.sites) {
    if (apart.includes(SITE_KINDS[kind])) {
      left.add(`${line}:${column}`);
      continue;
    }
    const calls = counted[`${line}:${column}:${name}`] ?? 0;
    if (calls > 0) ours[`${line}:${column}`] = calls;
  }
  const theirs = Object.fromEntries([...byV8].filter(([place, count]) => count > 0 && !left.has(place)));
  expect(ours, `calls ${where}`).to.deep.equal(theirs);
}

describe('fields and static blocks', () => {
  // V8 runs them in functions of its own, so these have no counts to compare with.
  it('are entered as often as they run', async () => {
    const source = `class C { f = (() => this)(); static #g = [C].map((c) => c.name); static { out.push(C.#g[0]) } static {} }
      out.push(new C().f instanceof C, new C().f !== C);`;
    for (const { kind } of MODES) {
      const hooks = createRecorder();
      expect((await run(instrument(source, { moduleKind: kind }), kind, hooks)).out).to.deep.equal(['C', true, true]);
      expect(hooks.mistakes).to.deep.equal([]);
      const entered = ['static C#g', 'C#g.<anonymous>', 'C.<static>', 'C.<static>'];
      const made = ['C.f', 'C.f.<anonymous>'];
      expect(hooks.entered).to.deep.equal(['<module>', ...entered, ...made, ...made]);
    }
  });
});

describe('instrumented programs', () => {
  for (const mode of MODES) {
    describe(mode.name, () => {
      const all = formsOf(mode).map((form) => [form.name, casesOf(form, mode)] as const);
      let byV8: Map<string, Map<string, number>>;
      before(async () => {
        byV8 = await countByV8(all.flatMap(([, cases]) => cases));
      });
      for (const [form, cases] of all) {
        if (cases.length === 0) continue;
        it(`${form}: ${cases.length} bodies behave and count as the original`, async () => {
          for (const each of cases) await check(each, byV8.get(each.id)!);
        });
      }
      if (CHOSEN_CASE !== undefined) return;
      it('are most of the combinations', () => {
        const count = all.reduce((sum, [, cases]) => sum + cases.length, 0);
        expect(count).to.be.greaterThan(all.length * BODIES.length * 0.75);
        expect(compared, 'cases whose errors were compared').to.be.greaterThan(count * 0.6);
        expect(thrown, 'errors there').to.be.greaterThan(count / 5);
        compared = thrown = 0;
      });
    });
  }
});
