// Reads a budget and checks all of it, since people write it by hand: a limit that is mistyped must not pass as one that
// holds. What comes back is frozen and has its fields in the order in which they were written.
import { EverycallError } from '../errors.ts';
import { at, describe, flag, list, Mismatch, text } from '../exporters/shape.ts';
import type { Check } from '../exporters/shape.ts';
import { BUDGET_FORMAT, BUDGET_VERSION } from './budget.ts';
import type { Budget, BudgetRule, FilePattern, Limits, NamePattern, Selector } from './budget.ts';
import { FIGURE_NAMES, figureKind } from './figures.ts';
import type { FigureName } from './figures.ts';
import { timeNs } from './time.ts';

/**
 * The budget in the text of a file.
 *
 * @throws EverycallError `bad-file` saying where, what was expected and what came
 */
export function parseBudget(json: string): Budget {
  try {
    return readBudgetText(json);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { path, expected, got } = error;
    const place = path === '' ? '' : `${path.replace(/^\./, '')} to be `;
    const message = `parseBudget() expects ${place}${expected}, got ${got}`;
    throw new EverycallError('bad-file', message.replace(/\s+/g, ' '), { cause: error });
  }
}

/** The same for those who know the file's name: throws {@link Mismatch}. */
export function readBudgetText(json: string): Budget {
  if (typeof json !== 'string') throw new Mismatch('the text of a budget', describe(json));
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new Mismatch('JSON', json.trim() === '' ? 'an empty file' : `something else or a part of it (${message})`);
  }
  return readBudget(value);
}

/** The same for a budget that is no text any more. */
export const readBudget: Check<Budget> = (value) => {
  if (typeof value !== 'object' || value === null || own(value, 'format') !== BUDGET_FORMAT) {
    throw new Mismatch(`"format": "${BUDGET_FORMAT}"`, 'other JSON');
  }
  // First: in a file of a newer version other fields may differ, too, and saying so would mislead.
  at('.version', () => version(own(value, 'version')));
  return budgetFields(value);
};

/** Rules without the file around them. */
export const readRules: Check<readonly BudgetRule[]> = (value) => list(rule)(value);

type Field<T> = { readonly check: Check<T>; readonly required: boolean };
type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

const must = <T>(check: Check<T>): Field<T> => ({ check, required: true });
const may = <T>(check: Check<T>): Field<T> => ({ check, required: false });

/** Like `object` of shape.ts, with fields that may be left out; keeps the order in which they were written. */
function fields<T extends object>(known: Fields<T>): Check<Readonly<T>> {
  const names = Object.keys(known) as (keyof T & string)[];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Mismatch('an object', describe(value));
    }
    const copy: Partial<T> = {};
    for (const [name, given] of Object.entries(value)) {
      const field = names.find((candidate) => candidate === name);
      if (field === undefined) throw new Mismatch(`one of the fields ${names.join(', ')}`, describe(name));
      // As JSON does; a literal in a test may say `undefined`.
      if (given === undefined) continue;
      copy[field] = at(`.${name}`, () => known[field].check(given)) as T[typeof field];
    }
    for (const name of names) {
      if (known[name].required && !Object.hasOwn(copy, name)) at(`.${name}`, () => known[name].check(undefined));
    }
    return Object.freeze(copy) as Readonly<T>;
  };
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function version(value: unknown): typeof BUDGET_VERSION {
  if (value !== BUDGET_VERSION) {
    const newer = typeof value === 'number' && value > BUDGET_VERSION;
    throw new Mismatch(String(BUDGET_VERSION), newer ? `${value}: a newer everycall wrote it` : describe(value));
  }
  return BUDGET_VERSION;
}

const LONGEST_PATTERN = 1000;

const pattern: Check<string> = (value) => {
  const given = text(value);
  if (given === '' || given.length > LONGEST_PATTERN) {
    throw new Mismatch(`text of 1 to ${LONGEST_PATTERN} characters`, describe(given));
  }
  return given;
};

const oneOrMore: Check<string | readonly string[]> = (value) => {
  if (!Array.isArray(value)) return pattern(value);
  if (value.length === 0) throw new Mismatch('at least one', 'an empty list');
  return list(pattern)(value);
};

const selectorFields = fields<{ function: NamePattern; file?: FilePattern }>({
  function: must(oneOrMore),
  file: may(oneOrMore),
});

export const readSelector: Check<Selector> = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? selectorFields(value) : oneOrMore(value);

const limits = fields<Limits>(
  Object.fromEntries(FIGURE_NAMES.map((name) => [name, may(limitOf(name))])) as unknown as Fields<Limits>,
);

function limitOf(name: FigureName): Check<number | string> {
  const { unit } = figureKind(name);
  return (value) => {
    if (unit === 'ns') {
      timeNs(value);
      return value as string;
    }
    if (typeof value !== 'number' || !(value >= 0) || value > Number.MAX_SAFE_INTEGER) {
      throw new Mismatch('a number from 0', describe(value));
    }
    return value;
  };
}

const ruleFields = fields<BudgetRule>({
  function: must(oneOrMore),
  file: may(oneOrMore),
  from: may(readSelector),
  per: may(readSelector),
  sum: may(flag),
  optional: may(flag),
  comment: may(text),
  max: may(limits),
  min: may(limits),
});

const rule: Check<BudgetRule> = (value) => {
  const read = ruleFields(value);
  const { max = {}, min = {} } = read;
  if (Object.keys(max).length + Object.keys(min).length === 0) {
    throw new Mismatch('an object with a limit in max or min', 'none');
  }
  for (const [bound, given] of Object.entries({ max, min })) {
    for (const name of Object.keys(given) as FigureName[]) {
      at(`.${bound}.${name}`, () => checkSense(read, name, given[name]!));
    }
  }
  for (const name of Object.keys(min) as FigureName[]) {
    const [least, most] = [min[name], max[name]];
    if (most !== undefined && limitValue(name, least!) > limitValue(name, most)) {
      at(`.min.${name}`, () => {
        throw new Mismatch(`no more than max.${name}, ${most}`, String(least));
      });
    }
  }
  return read;
};

/** What the field alone does not show: whether this rule can have such a limit. */
function checkSense({ from, per }: BudgetRule, name: FigureName, limit: number | string): void {
  const { ofEdges, addsUp, unit } = figureKind(name);
  if (from !== undefined && !ofEdges)
    throw new Mismatch('a figure that is known of edges, since there is a from', name);
  if (per !== undefined && !addsUp) throw new Mismatch('a figure that adds up over calls, since there is a per', name);
  if (unit === 'calls' && per === undefined && !Number.isSafeInteger(limit)) {
    throw new Mismatch('a whole number from 0, since there is no per', String(limit));
  }
}

/** The limit as a number: of calls, or of ns. */
export function limitValue(name: FigureName, limit: number | string): number {
  return figureKind(name).unit === 'ns' ? timeNs(limit) : (limit as number);
}

const budgetFields = fields<Budget>({
  format: must(() => BUDGET_FORMAT),
  version: must(version),
  comment: may(text),
  rules: must(list(rule)),
});
