// Expressions of random programs.
import { classOf, functionExpression, objectLiteral } from './functions.ts';
import { deeper, KEYS, NAMES } from './scope.ts';
import type { Place, Writer } from './scope.ts';

/** A property's name as it stands in a literal or class. */
export function key(writer: Writer, place: Place): string {
  const { choices } = writer;
  switch (choices.pick(8)) {
    case 6:
      return `[${expression(writer, deeper(place, 2))}]`;
    case 7:
      return choices.of([
        '"quoted"',
        '1',
        'get',
        'async',
        'static',
        '[Symbol.iterator]',
        '[Symbol.toPrimitive]',
        'yield',
      ]);
    default:
      return choices.of(['p', 'q', 'a', 'f']);
  }
}

/** What a declaration or an assignment takes apart. `target` writes what is bound. */
export function pattern(writer: Writer, place: Place, target: () => string, rest = target): string {
  const { choices } = writer;
  const initial = (): string => (choices.chance(40) ? ` = ${expression(writer, deeper(place, 2))}` : '');
  switch (choices.pick(3)) {
    case 0:
      return `{ p: ${target()}${initial()}, ...${rest()} }`;
    case 1:
      return `[${target()}${initial()}, , ...${target()}]`;
    default:
      return `{ [${expression(writer, deeper(place, 2))}]: ${target()}${initial()} }`;
  }
}

function member(writer: Writer, place: Place): string {
  const { choices } = writer;
  const object = choices.chance(70) ? choices.of(NAMES) : `(${expression(writer, deeper(place))})`;
  if (place.privates.length > 0 && choices.chance(40)) return `this.${choices.of(place.privates)}`;
  if (place.canSuper && choices.chance(30)) return `super.${choices.of(KEYS)}`;
  return choices.chance(70) ? `${object}.${choices.of(KEYS)}` : `${object}[${expression(writer, deeper(place))}]`;
}

function target(writer: Writer, place: Place): string {
  const { choices } = writer;
  return choices.chance(75) ? choices.of(NAMES) : member(writer, deeper(place));
}

function atom(writer: Writer, place: Place): string {
  const { choices } = writer;
  switch (choices.pick(12)) {
    case 0:
      return String(choices.pick(5));
    case 1:
      return choices.of(['"s"', 'null', 'undefined', 'true', '-0', '2n', '/x/g.source', '`t`', '"\\u2028"', 'NaN']);
    case 2:
      return 'this';
    case 3:
      return `typeof ${choices.of(NAMES)}`;
    case 4:
      if (place.hasArguments) return choices.of(['arguments[0]', 'arguments.length', 'new.target', '[...arguments]']);
      return place.inside === 'field' ? 'this' : 'typeof arguments';
    case 5:
      return choices.of(['[]', '({})', '[1, 2]', 'Symbol.iterator', 'globalThis.a', 'Object.keys(this ?? {}).length']);
    default:
      return choices.of(NAMES);
  }
}

const INNER = [
  'a',
  'b',
  'typeof c',
  'var a = 7',
  'var d = 8; d',
  'typeof this',
  '() => a',
  'let b = 1; b',
  'function g() { return 1 } g()',
];

export function expression(writer: Writer, place: Place): string {
  const { choices } = writer;
  if (place.room <= 0) return atom(writer, place);
  const sub = (by = 1): string => expression(writer, deeper(place, by));
  const wrap = (): string => functionExpression(writer, place);
  switch (choices.pick(40)) {
    case 1:
    case 2:
      return `$.log(${writer.unique()}, ${sub()})`;
    case 3:
      return `(${sub()} ${choices.of(['+', '-', '*', '===', '<', '&&', '||', '??', '**', 'in', 'instanceof', ','])} ${sub()})`.replace(
        /^\((.*) (\?\?|\*\*) (.*)\)$/s,
        '(($1) $2 ($3))',
      );
    case 4:
      return `(${sub()} ? ${sub()} : ${sub()})`;
    case 5:
    case 6:
      return `(${target(writer, place)} ${choices.of(['=', '=', '=', '+=', '??=', '&&='])} ${sub()})`;
    case 7:
      return `(${choices.of(['(a)', '(b)', 'c'])} = ${wrap()})`;
    case 8:
      // No member as a rest: V8 takes some for an error if there are no parentheses round the assignment.
      return `(${pattern(
        writer,
        place,
        () => target(writer, deeper(place, 2)),
        () => choices.of(NAMES),
      )} = ${sub()})`;
    case 9:
    case 10:
    case 11:
      return wrap();
    case 12:
      return `(${classOf(writer, deeper(place), choices.chance(40) ? choices.of(NAMES) : '')})`;
    case 13:
    case 14:
      return objectLiteral(writer, deeper(place));
    case 15:
      return `[${sub()}, ${choices.chance(30) ? '...' : ''}${sub()}]`;
    case 16:
      return `\`x\${${sub()}}y\``;
    case 17:
      return `$.tag\`x\${${sub()}}y\``;
    case 18:
    case 19:
    case 20:
      return `$.call(${choices.chance(50) ? choices.of(NAMES) : sub()}, ${choices.pick(3)}, ${sub()}, ${sub(2)})`;
    case 21:
      return `$.make(${choices.chance(50) ? choices.of(NAMES) : sub()}, ${sub()})`;
    case 22:
      return `${member(writer, place)}${choices.chance(50) ? '' : `?.(${sub()})`}`;
    case 23:
      return `(delete ${choices.of(NAMES)}.p)`;
    case 24:
      return `(void ${sub()})`;
    case 25:
      return `$.proxy(${sub()})`;
    case 26:
    case 27:
      if (place.canAwait) return `(await ${sub()})`;
      return `Promise.resolve(${sub()}).then(${wrap()}, (e) => $.log('caught', e))`;
    case 28:
    case 29:
      if (place.canYield)
        return choices.chance(30)
          ? `(yield* ${choices.chance(50) ? `$.items(${sub(2)}, 2)` : sub()})`
          : `(yield ${sub()})`;
      return `$.follow(${wrap()}(), ${choices.pick(3)})`;
    case 30:
      return `${choices.of(['eval', 'eval', '(eval)', '(0, eval)'])}(${JSON.stringify(choices.of(INNER))})`;
    case 31:
      return `$.again(${wrap()})`;
    case 32:
      return `${choices.of(['+', '!', '-', '~', 'typeof '])}${sub()}`;
    case 33:
      return `${target(writer, place).replace(/^super\.(.*)$/, 'super.$1')}${choices.of(['++', '--'])}`;
    case 34:
      return place.canSuper && place.inside === 'function'
        ? `super.${choices.of(KEYS)}?.(${sub()})`
        : `$.shape(${sub()})`;
    case 35:
      return `({ [() => 1]: ${sub()} })[() => 1]`;
    case 36:
      return place.isModule ? 'typeof import.meta' : '$.names()';
    case 37:
      return place.privates.length > 0
        ? `(${choices.of(place.privates)} in ${choices.chance(60) ? 'this' : `(${sub()})`})`
        : sub();
    default:
      return atom(writer, place);
  }
}
