// Runs every form of function that suspends with every position, in every way it can end, before and after the transform:
// the same output at the same turns of the microtask queue, hooks in balance, as many calls as bodies begun, and as many
// errors as a naive `catch` counts. Run one case alone with EVERYCALL_CASE='form × position × how'.
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { CHOSEN_CASE, isChosen } from '../support/chosen-case.ts';
import { createRecorder, instrument, run } from '../support/instrument.ts';
import type { Recorder } from '../support/instrument.ts';
import { thrownIn, wrapped } from '../support/thrown-oracle.ts';
import { SITE_KINDS } from '../../runtime/contract.ts';
import { FORMS, POSITIONS, programsOf } from './suspension-cases.ts';

/** The program's output, once nothing moves any more. */
async function outputOf(code: string, hooks?: Recorder): Promise<readonly string[]> {
  const { out, completion } = await run(code, 'commonjs', hooks);
  expect(completion, code).to.deep.equal({});
  for (let last = -1, quiet = 0; quiet < 3; quiet = out.length === last ? quiet + 1 : 0) {
    last = out.length;
    await new Promise((resolve) => setTimeout(resolve, 1));
    await setImmediate();
  }
  // Where V8 quotes source in a message, it quotes the hook: docs/limitations.md.
  return out.map((line) =>
    String(line)
      .replace(/\$u\w* is not a function or its return value is not iterable/, '(intermediate value) is not iterable')
      .replace(/\$u\w*\(\.\.\.\)/g, '(intermediate value)'),
  );
}

/** Starts and stops at every few calls. */
function flickering(period: number): Recorder {
  const hooks = createRecorder();
  let calls = 0;
  const flip = <Args extends unknown[], R>(hook: (...args: Args) => R) => {
    return (...args: Args): R => {
      if (++calls % period === 0) hooks.state[0] ^= 1;
      return hook(...args);
    };
  };
  return Object.assign(hooks, {
    enter: flip(hooks.enter),
    suspend: flip(hooks.suspend) as Recorder['suspend'],
    pause: flip(hooks.pause) as Recorder['pause'],
    resume: flip(hooks.resume) as Recorder['resume'],
  });
}

/** What a driver throws into a generator is not its error unless it throws it itself. */
const THROWN_IN = 'thrown';

let compared = 0;

/** Compares the errors of every function with those of the naive program, unless that behaves otherwise. */
async function checkErrors(source: string, original: readonly string[], hooks: Recorder, where: string): Promise<void> {
  const { out, errors } = thrownIn(await outputOf(wrapped(source, 'script')));
  if (out.join('\n') !== original.join('\n')) return;
  compared++;
  for (const [name, kind, line, column] of hooks.files[0].table.sites) {
    const place = `${line}:${column}`;
    if (SITE_KINDS[kind] === 'field') continue;
    const ours = hooks.errors()[`${place}:${name}`] ?? 0;
    const theirs = errors.get(place) ?? [];
    const own = theirs.filter((message) => SITE_KINDS[kind] !== 'generator' || message !== THROWN_IN);
    expect(ours, `errors of ${name} ${where}`).to.be.within(own.length, theirs.length);
  }
}

async function check(id: string, source: string): Promise<void> {
  const code = instrument(source, { moduleKind: 'commonjs' });
  const [original, stopped, flickered] = [await outputOf(source), createRecorder(false), flickering(5)];
  const where = `in the case ${id}, instrumented as\n${code}\n`;
  const hooks = createRecorder();
  expect((await outputOf(code, hooks)).join('\n'), where).to.equal(original.join('\n'));
  expect(hooks.mistakes, where).to.deep.equal([]);
  expect(hooks.depth(), `frames left on the stack ${where}`).to.equal(0);
  await checkErrors(source, original, hooks, where);
  const begun = original.filter((line) => line.endsWith('"begin"')).length;
  const names = /^(f|own|o\.f|D\.f|C#f|#f)$/;
  const calls = Object.entries(hooks.counts()).filter(([key]) => {
    const name = key.slice(key.indexOf(':', key.indexOf(':') + 1) + 1);
    return names.test(name.replace(/^static /, ''));
  });
  const most = Math.max(0, ...calls.map(([, count]) => count));
  expect(most, `calls ${where}`).to.be.at.least(begun > 0 ? begun : 0);
  expect((await outputOf(code, stopped)).join('\n'), `stopped ${where}`).to.equal(original.join('\n'));
  expect(stopped.entered, where).to.deep.equal([]);
  expect((await outputOf(code, flickered)).join('\n'), `flickering ${where}`).to.equal(original.join('\n'));
}

describe('functions that suspend', () => {
  for (const form of FORMS) {
    const cases = POSITIONS.flatMap((position) =>
      programsOf(form, position).map(({ how, source }) => ({ id: `${form.name} × ${position.name} × ${how}`, source })),
    ).filter(({ id }) => isChosen(id));
    if (cases.length === 0) continue;
    it(`${form.name}: every position behaves as the original`, async function () {
      this.timeout(300_000);
      compared = 0;
      await Promise.all(cases.map(({ id, source }) => check(id, source)));
      if (CHOSEN_CASE !== undefined) return;
      expect(compared).to.be.greaterThan(cases.length * 0.8);
      expect(cases.length).to.be.greaterThan(POSITIONS.length / 2);
    });
  }
});
