// Functions and classes of random programs, in all their forms.
import { expression, key, pattern } from './expressions.ts';
import { bodyOf, declare, deeper, nested, NAMES } from './scope.ts';
import type { Place, Writer } from './scope.ts';
import { closure, statements } from './statements.ts';

function parameters(writer: Writer, place: Place): string {
  const { choices } = writer;
  const inner: Place = {
    ...deeper(place, 2),
    canAwait: false,
    canYield: false,
    isLoop: false,
    isSwitch: false,
    labels: [],
  };
  const names = NAMES.slice(0, choices.pick(4));
  for (const name of names) place.blocks.at(-1)!.vars.add(name);
  const list = names.map((name) => {
    switch (choices.pick(7)) {
      case 5:
        return `${name} = ${expression(writer, inner)}`;
      case 6:
        return `{ ${name}, p: [${name}1 = ${expression(writer, inner)}] = [] } = {}`;
      default:
        return name;
    }
  });
  if (choices.chance(15)) list.push(`...${choices.chance(30) ? '[y, z]' : 'rest'}`);
  return list.join(', ');
}

function body(writer: Writer, place: Place): string {
  const { choices } = writer;
  const directive = choices.chance(5) ? '"not a directive of ours"; ' : '';
  const first = choices.chance(15) ? closure(writer, place) : '';
  return `{ ${directive}${first} ${statements(writer, place, 1 + choices.pick(4))} }`;
}

/** What stands after `function`, a method's key or before `=>`: all but the name. */
interface Form {
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
}

function form({ choices }: Writer): Form {
  const kind = choices.pick(8);
  return { isAsync: kind === 5 || kind === 7, isGenerator: kind === 6 || kind === 7 };
}

export function functionDeclaration(writer: Writer, place: Place, isPlain = false): string {
  const { isAsync, isGenerator } = isPlain ? { isAsync: false, isGenerator: false } : form(writer);
  const name = declare(writer, place, place.blocks.length === 1 && place.inside !== 'field');
  const inner = bodyOf(place, { isAsync, isGenerator });
  return `${isAsync ? 'async ' : ''}function${isGenerator ? '*' : ''} ${name}(${parameters(writer, inner)}) ${body(writer, inner)}`;
}

export function functionExpression(writer: Writer, place: Place): string {
  const { choices } = writer;
  if (choices.chance(50)) {
    const isAsync = choices.chance(20);
    const inner = bodyOf(place, { isAsync, isArrow: true });
    const code = choices.chance(50) ? body(writer, inner) : `(${expression(writer, inner)})`;
    return `(${isAsync ? 'async ' : ''}(${parameters(writer, inner)}) => ${code})`;
  }
  const { isAsync, isGenerator } = form(writer);
  const name = choices.chance(30) ? ` ${choices.of(NAMES)}` : '';
  const inner = bodyOf(place, { isAsync, isGenerator });
  return `(${isAsync ? 'async ' : ''}function${isGenerator ? '*' : ''}${name}(${parameters(writer, inner)}) ${body(writer, inner)})`;
}

/** A method, getter or setter of an object or class. */
export function method(writer: Writer, place: Place, name = key(writer, place)): string {
  const { choices } = writer;
  const kind = choices.pick(6);
  const { isAsync, isGenerator } = kind < 4 ? form(writer) : { isAsync: false, isGenerator: false };
  const inner = bodyOf(place, { isAsync, isGenerator, isMethod: true });
  if (kind === 4) return `get ${name}() ${body(writer, inner)}`;
  if (kind === 5) return `set ${name}(a) ${body(writer, inner)}`;
  return `${isAsync ? 'async ' : ''}${isGenerator ? '*' : ''}${name}(${parameters(writer, inner)}) ${body(writer, inner)}`;
}

/** What a private name of a class stands for. `field` is where its initialiser stands. */
function privateMember(writer: Writer, name: string, place: Place, field: Place): string {
  const { choices } = writer;
  const isStatic = choices.chance(30) ? 'static ' : '';
  const accessor = (): string => body(writer, bodyOf(place, { isMethod: true }));
  switch (choices.pick(5)) {
    case 0:
    case 1:
      return `${isStatic}${name} = ${expression(writer, field)};`;
    case 2:
      return `${isStatic}get ${name}() ${accessor()} ${isStatic}set ${name}(a) ${accessor()}`;
    case 3:
      return `${isStatic}${name} = ${functionExpression(writer, field)};`;
    default: {
      const { isAsync, isGenerator } = form(writer);
      const inner = bodyOf(place, { isAsync, isGenerator, isMethod: true });
      return `${isStatic}${isAsync ? 'async ' : ''}${isGenerator ? '*' : ''}${name}(${parameters(writer, inner)}) ${body(writer, inner)}`;
    }
  }
}

export function classOf(writer: Writer, outer: Place, name: string): string {
  const { choices } = writer;
  const place: Place = { ...outer, isStrict: true };
  const isDerived = choices.chance(40);
  const base = isDerived
    ? ` extends ${choices.chance(60) ? choices.of(['(class { p() { return 1 } static q = 2 })', '(class { p() { return 1 } static q = 2 })', 'Array', 'null']) : `(${expression(writer, deeper(place, 2))})`}`
    : '';
  const privates = choices.chance(40) ? [...place.privates, `#x${writer.unique()}`] : place.privates;
  const own = privates.at(-1);
  const inside: Place = { ...place, privates, room: place.room - 1 };
  const field: Place = {
    ...inside,
    inside: 'field',
    canAwait: false,
    canYield: false,
    canReturn: false,
    canSuper: true,
    hasArguments: false,
    isLoop: false,
    isSwitch: false,
    labels: [],
    room: inside.room - 1,
  };
  const members: string[] = [];
  if (privates !== place.privates) members.push(privateMember(writer, own!, inside, field));
  if (choices.chance(40)) {
    const inner = bodyOf(inside, { isMethod: true });
    const start = isDerived && choices.chance(85) ? 'super(a); ' : '';
    members.push(
      `constructor(${parameters(writer, inner)}) { ${start}${statements(writer, inner, 1 + choices.pick(2))} }`,
    );
  }
  for (let n = choices.pick(4); n > 0; n--) {
    const isStatic = choices.chance(35) ? 'static ' : '';
    switch (choices.pick(5)) {
      case 4:
        // Calls a private member, which may be of this class or of one around it.
        members.push(
          `${isStatic}p() { return $.wrapped(() => this.${privates.at(-1) ?? 'q'}${choices.of(['', '()', ' = 3'])}); }`,
        );
        break;
      case 0:
        members.push(isStatic + method(writer, inside));
        break;
      case 1:
        members.push(`${isStatic}${key(writer, inside)} = ${expression(writer, field)};`);
        break;
      case 2:
        members.push(`static { ${statements(writer, nested({ ...field, blocks: [] }), 1 + choices.pick(2))} }`);
        break;
      default:
        members.push(`${isStatic}${key(writer, inside)} = ${functionExpression(writer, field)};`);
    }
  }
  return `class ${name}${base} { ${members.join(' ')} }`;
}

export function objectLiteral(writer: Writer, place: Place): string {
  const { choices } = writer;
  const members: string[] = [];
  for (let n = choices.pick(4); n > 0; n--) {
    switch (choices.pick(6)) {
      case 0:
        members.push(method(writer, place));
        break;
      case 1:
        members.push(`...${expression(writer, deeper(place, 2))}`);
        break;
      case 2:
        members.push(choices.of(NAMES));
        break;
      default:
        members.push(
          `${key(writer, place)}: ${choices.chance(40) ? functionExpression(writer, place) : expression(writer, deeper(place))}`,
        );
    }
  }
  return `({ ${members.join(', ')} })`;
}

export { pattern };
