// Where in a program the generator is: what may stand there, and which names are worth using.
import type { Choices } from './choices.ts';

export interface Place {
  readonly isStrict: boolean;
  readonly isModule: boolean;
  /** `none` at the top level, `arrow` where `arguments` and `new.target` are an outer function's. */
  readonly inside: 'none' | 'function' | 'arrow' | 'field';
  readonly canAwait: boolean;
  readonly canYield: boolean;
  readonly canReturn: boolean;
  readonly canSuper: boolean;
  /** In a function of its own kind, `arguments`, `new.target` and a direct `eval` may stand. */
  readonly hasArguments: boolean;
  readonly isLoop: boolean;
  readonly isSwitch: boolean;
  readonly labels: readonly string[];
  readonly privates: readonly string[];
  /** What the blocks around declare, from the function's own outermost one on. */
  readonly blocks: readonly Block[];
  /** How much deeper it may become. */
  readonly room: number;
}

/** Names that a block binds itself, and those of the `var`s in it. */
export interface Block {
  readonly lexical: Set<string>;
  readonly vars: Set<string>;
}

const newBlock = (): Block => ({ lexical: new Set(), vars: new Set() });

/** In a block of its own. */
export const nested = (place: Place): Place => ({ ...place, blocks: [...place.blocks, newBlock()] });

export const NAMES = ['a', 'b', 'c', 'd', 'f', 'g', 'h'] as const;
export const KEYS = ['p', 'q', 'a', 'f', 'length', 'name'] as const;

export interface Writer {
  readonly choices: Choices;
  /** A number that no other place of the program has. */
  readonly unique: () => number;
}

export const deeper = (place: Place, by = 1): Place => ({ ...place, room: place.room - by });

/** In the body of a function. */
export function bodyOf(
  place: Place,
  kind: { isAsync?: boolean; isGenerator?: boolean; isArrow?: boolean; isMethod?: boolean },
): Place {
  const { isAsync = false, isGenerator = false, isArrow = false, isMethod = false } = kind;
  return {
    ...place,
    inside: isArrow ? (place.inside === 'none' ? 'arrow' : place.inside) : 'function',
    canAwait: isAsync,
    canYield: isGenerator,
    canReturn: true,
    canSuper: isMethod || (isArrow && place.canSuper),
    hasArguments: isArrow ? place.hasArguments : true,
    isLoop: false,
    isSwitch: false,
    labels: [],
    blocks: [newBlock()],
    room: place.room - 1,
  };
}

/** A name to declare, such that the program mostly stays valid. */
export function declare({ choices }: Writer, { blocks }: Place, isVar: boolean): string {
  const own = blocks.at(-1)!;
  const isFree = (name: string): boolean =>
    isVar ? !blocks.some(({ lexical }) => lexical.has(name)) : !own.lexical.has(name) && !own.vars.has(name);
  let name: string = choices.of(NAMES);
  if (!isFree(name) && !choices.chance(3)) name = NAMES.find(isFree) ?? `${name}${own.lexical.size + own.vars.size}`;
  if (!isVar) own.lexical.add(name);
  else for (const { vars } of blocks) vars.add(name);
  return name;
}
