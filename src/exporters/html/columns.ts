// Turns rows into columns of numbers, as compact as JSON can be without a reader having to work.
import type { Part } from '../../profile.ts';
import type { Column, PartColumns } from './embedded.ts';

/** One value a row, or a single one where all are the same. */
export function column<T extends number | null>(values: readonly T[]): Column<T> {
  return values.length > 0 && values.every((value) => value === values[0]) ? values[0] : values;
}

/** The parts of all rows, in the order of the rows. */
export function partColumns<Name extends string, Row extends Part & Record<Name, number | null>>(
  rows: readonly { readonly parts: readonly Row[] }[],
  names: readonly Name[],
): PartColumns<Name> {
  const parts = rows.flatMap((row) => row.parts);
  const figures = names.map((name) => {
    const values = parts.map((part) => (part[name] === null ? null : Math.round(part[name])));
    return [name, column(values)] as const;
  });
  return {
    count: column(rows.map((row) => row.parts.length)),
    thread: column(parts.map(({ thread }) => thread)),
    tag: column(parts.map(({ tag }) => tag)),
    ...Object.fromEntries(figures),
  } as PartColumns<Name>;
}

/** Gives each text a number, from 0 in the order of first appearance. */
export class Numbering {
  readonly texts: string[] = [];
  readonly #numberOf = new Map<string, number>();

  numberOf(text: string): number {
    let number = this.#numberOf.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.#numberOf.set(text, number);
    }
    return number;
  }
}
