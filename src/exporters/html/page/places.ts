// Where functions are, as an editor takes it. No DOM.
import type { FunctionStats } from '../../../profile.ts';
import { locations } from '../../location.ts';

/** `file:line`, with the column where two functions begin on one line. Files are embedded as they are to be shown. */
export function placesOf(functions: readonly FunctionStats[]): (fn: FunctionStats) => string {
  let places: string[] | undefined;
  return ({ id }) => (places ??= locations(functions, undefined))[id];
}
