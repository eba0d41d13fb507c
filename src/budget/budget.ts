// The budget: what a program may cost, as rules that a person can write by hand. The format of budget.json, and nothing
// else: parse.ts reads it, check.ts measures by it, update.ts writes it.
import type { CountFigure, TimeFigure } from './figures.ts';

/** First field of the file: tells it from other JSON. */
export const BUDGET_FORMAT = 'everycall.budget';

/** A reader refuses a newer one. */
export const BUDGET_VERSION = 1;

/**
 * A function's name as reports show it, such as `parse` or `Cache.get`: the whole of it, where `*` stands for any text. No
 * other character is special, since names hold dots, brackets and spaces. Of several, one has to match.
 *
 * What is no function of the program, such as `(event loop)`, is meant only by its full name, never by a `*`.
 */
export type NamePattern = string | readonly string[];

/**
 * A glob for the function's file, with forward slashes on all systems. A relative one may begin at any folder:
 * `src/parser.ts` matches `/home/me/app/src/parser.ts`. A path that is written out matches whatever brackets it has. Of several, one has to match.
 */
export type FilePattern = string | readonly string[];

/** Functions, by their names alone or by names and files. */
export type Selector = NamePattern | { readonly function: NamePattern; readonly file?: FilePattern };

/** Counts are numbers, times are texts with their unit: `"5 ms"`; units are ns, µs (or us), ms and s. */
export type Limits = { readonly [F in CountFigure]?: number } & { readonly [F in TimeFigure]?: string };

/** What functions, or calls from one function to another, may cost. */
export interface BudgetRule {
  /** The functions it is about. */
  readonly function: NamePattern;
  readonly file?: FilePattern;
  /** Only calls that come directly from these functions count: the rule is about edges. */
  readonly from?: Selector;
  /** Limits are for each call of these functions (of all of them, if several match), not for the whole profile. */
  readonly per?: Selector;
  /** The limits are for all functions or edges together. Default false: for each of them. */
  readonly sum?: boolean;
  /**
   * Whether the rule holds, too, where a function that it names is not in the profile. Default false, since a name that
   * matches nothing may be mistyped; only a rule whose limits are all "at most 0" needs no such allowance.
   */
  readonly optional?: boolean;
  /** For the reader of the file; kept by an update. */
  readonly comment?: string;
  /** No figure may be larger. */
  readonly max?: Limits;
  /** No figure may be smaller. */
  readonly min?: Limits;
}

/** What budget.json holds. */
export interface Budget {
  readonly format: typeof BUDGET_FORMAT;
  readonly version: typeof BUDGET_VERSION;
  readonly comment?: string;
  readonly rules: readonly BudgetRule[];
}
