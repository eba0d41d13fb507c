// Statements of random programs, and whole programs.
import { Script } from 'node:vm';
import type { Choices } from './choices.ts';
import { expression, pattern } from './expressions.ts';
import { classOf, functionDeclaration } from './functions.ts';
import { declare, deeper, nested, NAMES } from './scope.ts';
import type { Place, Writer } from './scope.ts';

export function statements(writer: Writer, place: Place, count: number): string {
  const list: string[] = [];
  for (let n = 0; n < count; n++) list.push(statement(writer, place));
  return list.join('\n');
}

const block = (writer: Writer, place: Place): string =>
  `{ ${statements(writer, nested(deeper(place)), 1 + writer.choices.pick(3))} }`;

function inBlock(writer: Writer, outer: Place): string {
  const place = nested(deeper(outer));
  return `${functionDeclaration(writer, place)} ${statement(writer, place)}`;
}

function declaration(writer: Writer, place: Place): string {
  const { choices } = writer;
  const word = choices.of(['var', 'let', 'const']);
  const value = (): string => expression(writer, deeper(place));
  if (choices.chance(25))
    return `${word} ${pattern(writer, place, () => declare(writer, place, word === 'var'))} = ${choices.of(['[1, 2, 3]', '{ p: 1, q: 2 }', value()])};`;
  return `${word} ${declare(writer, place, word === 'var')} = ${value()};`;
}

function loop(writer: Writer, outer: Place): string {
  const { choices } = writer;
  const place: Place = { ...deeper(outer), isLoop: true };
  const counter = `i${writer.unique()}`;
  const word = choices.of(['let', 'const', 'var']);
  const name = choices.of(NAMES);
  const head = choices.chance(60)
    ? `${word} ${name}`
    : choices.chance(50)
      ? `${word} ${pattern(writer, place, () => choices.of(NAMES))}`
      : name;
  const over = choices.of(['$.items(1, [2, 3])', '[[1], { p: 2 }]', expression(writer, deeper(place))]);
  const inner = (): string => block(writer, place);
  switch (choices.pick(7)) {
    case 0:
      return `for (let ${counter} = 0, ${name} = () => ${counter}; ${counter} < 3; ${counter}++) { $.log(${name}()); ${inner()} }`;
    case 1:
      return `for (${head} in ${over}) ${inner()}`;
    case 2:
    case 3:
      return `for (${head} of ${over}) ${inner()}`;
    case 4:
      return `{ let ${counter} = 0; while (${counter}++ < 2) ${inner()} }`;
    case 5:
      return `{ let ${counter} = 0; do ${inner()} while (${counter}++ < 1); }`;
    default:
      return place.canAwait
        ? `for await (${head} of ${choices.of(['$.laterItems(1, [2])', '$.items(1, Promise.resolve(2))', over])}) ${inner()}`
        : `for (${head} of ${over}) ${inner()}`;
  }
}

function tryStatement(writer: Writer, outer: Place): string {
  const { choices } = writer;
  const place = deeper(outer);
  const inner = (): string => block(writer, place);
  const caught = choices.of(['(e) ', '', '({ name: a }) ', '(a) ', '([b]) ']);
  switch (choices.pick(4)) {
    case 0:
      return `try ${inner()} finally ${inner()}`;
    case 1:
      return `try ${inner()} catch ${caught}${inner()} finally ${inner()}`;
    default:
      return `try ${inner()} catch ${caught}${inner()}`;
  }
}

function switchStatement(writer: Writer, outer: Place): string {
  const place = nested({ ...deeper(outer), isSwitch: true });
  const value = (): string => expression(writer, place);
  return `switch (${value()}) { case ${value()}: ${statement(writer, place)} default: ${statement(writer, place)} }`;
}

/** A function that sees what is declared beside it, by name or by `eval`, and is called. */
export function closure(writer: Writer, place: Place): string {
  const { choices } = writer;
  const name = declare(writer, place, false);
  const fn = declare(writer, place, place.blocks.length === 1 && place.inside !== 'field');
  const seen = choices.of([
    name,
    name,
    `eval("${name}")`,
    `(() => eval("typeof ${name}"))()`,
    `(${name} = 5, ${name})`,
  ]);
  const word = choices.of(['let', 'const', 'class']);
  const declared = word === 'class' ? `class ${name} {}` : `${word} ${name} = ${expression(writer, deeper(place))};`;
  const parts = [declared, `function ${fn}() { return $.log(${writer.unique()}, ${seen}); }`, `$.call(${fn});`];
  // Called before, it finds the name not bound yet.
  return (choices.chance(30) ? [parts[2], parts[0], parts[1]] : parts).join('\n');
}

/** Whether V8 knows `using`. A program with it that nobody can run shows nothing. */
const hasUsing = (() => {
  try {
    return Boolean(new Script('{ using x = null }'));
  } catch {
    return false;
  }
})();

/** Resources that a block gives back at its end, in the opposite order. */
function resources(writer: Writer, outer: Place): string {
  const { choices } = writer;
  const place = nested(deeper(outer));
  const declared = Array.from({ length: 1 + choices.pick(2) }, () => {
    // A name that nobody assigns to: V8 lets that of an `await using` pass until Node 26, against the language.
    if (place.canAwait && choices.chance(60)) {
      return `await using r${writer.unique()} = $.disposable(${writer.unique()});`;
    }
    return `using ${declare(writer, place, false)} = $.disposable(${writer.unique()});`;
  });
  return `{ ${declared.join(' ')} ${statements(writer, place, 1 + choices.pick(3))} }`;
}

/** A loop that is left or gone on with by its label, from an inner one. */
function labelledLoop(writer: Writer, outer: Place): string {
  const { choices } = writer;
  const label = `l${writer.unique()}`;
  const counter = `i${writer.unique()}`;
  const place = nested({ ...deeper(outer), isLoop: true, labels: [...outer.labels, label] });
  const inner = `for (const ${choices.of(NAMES)} of $.items(1, 2, 3)) { ${statement(writer, nested(place))} if (${expression(writer, place)}) ${choices.of(['continue', 'break'])} ${label}; }`;
  return `${label}: for (let ${counter} = 0; ${counter} < 2; ${counter}++) ${choices.chance(50) ? inner : `{ ${inner} ${statement(writer, place)} }`}`;
}

/** Rare forms. Those that a strict or asynchronous place does not have are left out there. */
function rarity(writer: Writer, place: Place): string {
  const { choices } = writer;
  const value = (): string => expression(writer, deeper(place));
  const forms = [
    `Object.defineProperty(globalThis, ${JSON.stringify(choices.of(NAMES))}, { get() { $.log(${writer.unique()}); return ${choices.of(NAMES)}; }, set: undefined, configurable: true });`,
    `$.log(delete ${choices.of(NAMES)}.p, void ${value()}, ${choices.of(NAMES)}?.p?.[${value()}]?.());`,
    `for (async of => { $.log(of); return ${choices.of(NAMES)}; }; false;);`,
    `for (var of of [${value()}]) $.log(of);`,
    `$.log(({ __proto__: ${value()}, async, get: 1 }));`.replace('async, ', ''),
    `$.call(new Function('x', 'return $.log(x, ' + ${JSON.stringify(choices.of(['this === undefined', 'arguments.length', 'new.target']))} + ')'));`,
    `do ; while (${value()} && false) $.log(${writer.unique()});`,
    `$.log(class { static accessor = ${choices.of(NAMES)}; static { $.log(this.accessor); } }.name);`,
    `switch (${value()}) { default: let x = ${value()}; case 1: function inCase() { return $.log(x); } $.call(inCase); }`,
  ];
  if (!place.isStrict) {
    forms.push(
      'var let = 3; $.log(let);',
      `for (var early = ${value()} in { p: 1 }) $.log(early);`,
      `if (${value()}) ; else function otherwise() { return $.log(1); }`,
      `function twice(x, x) { arguments[1] = 5; return $.log(x, arguments.length, twice.caller === null); } $.call(twice, 0, 1, 2);`,
      `(function () { $.log(typeof this, this === globalThis); return arguments.callee.name; })();`,
    );
    if (!place.isModule) forms.push('<!-- a comment\n;', '\n--> a comment\n;');
  }
  return choices.of(forms);
}

function jump(writer: Writer, place: Place): string {
  const { choices } = writer;
  const ways = [`throw ${expression(writer, deeper(place))};`];
  if (place.canReturn) ways.push(`return ${expression(writer, deeper(place))};`, 'return;');
  if (place.isLoop) ways.push('break;', 'continue;');
  else if (place.isSwitch) ways.push('break;');
  for (const label of place.labels) ways.push(`break ${label};`);
  return `if (${expression(writer, deeper(place))}) ${choices.of(ways)}`;
}

export function statement(writer: Writer, place: Place): string {
  const { choices } = writer;
  const value = (): string => expression(writer, deeper(place));
  if (place.room <= 0) return `$.log(${writer.unique()}, ${value()});`;
  switch (choices.pick(33)) {
    case 30:
      return hasUsing ? resources(writer, place) : block(writer, place);
    case 31:
      return labelledLoop(writer, place);
    case 32:
      return rarity(writer, place);
    case 1:
    case 2:
    case 3:
    case 4:
      return declaration(writer, place);
    case 5:
    case 6:
    case 7:
    case 8:
      return functionDeclaration(writer, place);
    case 9:
      return classOf(writer, place, declare(writer, place, false));
    case 10:
      return `if (${value()}) ${block(writer, place)} else ${block(writer, place)}`;
    case 11:
      return place.isStrict ? block(writer, place) : `if (${value()}) ${functionDeclaration(writer, place, true)}`;
    case 12:
    case 13:
      return loop(writer, place);
    case 14:
    case 15:
      return tryStatement(writer, place);
    case 16:
      return switchStatement(writer, place);
    case 17: {
      const label = `l${writer.unique()}`;
      return `${label}: ${block(writer, { ...place, labels: [...place.labels, label] })}`;
    }
    case 18:
      return place.isStrict ? `${value()};` : `l${writer.unique()}: ${functionDeclaration(writer, place, true)}`;
    case 19:
      return place.isStrict ? `{ ${inBlock(writer, place)} }` : `with (${value()}) ${block(writer, place)}`;
    case 20:
    case 21:
      return jump(writer, place);
    case 22:
      return `{ ${inBlock(writer, place)} }`;
    case 23:
    case 24:
      return `$.call(${choices.of(NAMES)}, ${choices.pick(3)}, ${value()});`;
    case 25:
      return choices
        .of(['debugger;', ';', 'arguments;', '"late directive";', '{}'])
        .replace('arguments;', place.hasArguments ? 'arguments[0] = 9; $.log(a);' : ';');
    case 27:
      return closure(writer, place);
    case 26:
      return place.canReturn ? `return ${value()};` : `${value()};`;
    default:
      return `$.log(${writer.unique()}, ${value()});`;
  }
}

export interface RandomProgram {
  readonly source: string;
  readonly isModule: boolean;
  readonly isStrict: boolean;
}

/** A program that mostly is valid, ends, and shows what it does. */
export function programFrom(choices: Choices): RandomProgram {
  let last = 0;
  const writer: Writer = { choices, unique: () => ++last };
  const mode = choices.pick(5);
  const isModule = mode === 4;
  const isStrict = mode >= 3;
  const place: Place = nested({
    isStrict,
    isModule,
    inside: 'none',
    canAwait: isModule,
    canYield: false,
    canReturn: false,
    canSuper: false,
    hasArguments: false,
    isLoop: false,
    isSwitch: false,
    labels: [],
    privates: [],
    blocks: [],
    room: 4,
  });
  const parts: string[] = [];
  for (let n = 1 + choices.pick(5); n > 0; n--) {
    const one = statement(writer, place);
    parts.push(
      isModule && choices.chance(15) && /^(let|const|var|async function|function|class) /.test(one)
        ? `export ${one}`
        : one,
    );
  }
  const calls = NAMES.map((name) => `try { $.call(${name}, 1, 2) } catch (e) { $.log(e) }`);
  const end = isModule || choices.chance(20) ? `\n;(() => { ${calls.join('\n')} })();` : '';
  return { source: `${mode === 3 ? '"use strict";\n' : ''}${parts.join('\n')}${end}`, isModule, isStrict };
}
