// Reads the parameters of a request's address: what is unknown, given twice or out of range is refused, never ignored.
import { numberFrom } from '../option-checks.ts';
import { Refusal } from './answers.ts';

/** @throws Refusal 400 for a parameter that is not among these, or is given twice */
export function takeOnly(query: URLSearchParams, names: readonly string[]): void {
  const given = [...query.keys()];
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.length === 0 ? 'no parameters' : `parameters of ${names.join(', ')}`;
    throw new Refusal(400, 'bad-parameter', `expected ${known}, got '${shown(unknown)}'`);
  }
  const twice = given.find((name, i) => given.indexOf(name) !== i);
  if (twice !== undefined) throw new Refusal(400, 'bad-parameter', `expected '${twice}' once`);
}

/** @throws Refusal 400 for what is no number in the range */
export function numberOf(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (numberFrom(least, most).holds(value)) return value;
  throw new Refusal(
    400,
    'bad-parameter',
    `expected '${name}' to be a number from ${least} to ${most}, got '${shown(text)}'`,
  );
}

/** @throws Refusal 400 for what is none of these */
export function choiceOf<T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new Refusal(
    400,
    'bad-parameter',
    `expected '${name}' to be one of ${choices.join(', ')}, got '${shown(text)}'`,
  );
}

/** Of what a client sent, so much as is worth repeating to it. */
export function shown(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
