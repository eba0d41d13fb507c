// By what the functions of `everycall top` are sorted, as the command line says it. Apart from the columns themselves, since
// every command reads its options.
import { EverycallError } from '../../errors.ts';
import { nearest } from '../suggest.ts';

/** Ids of the columns of functions. */
export const TOP_SORTS = [
  ...(['calls', 'selfCpu', 'selfWall', 'totalCpu', 'totalWall'] as const),
  ...(['await', 'open', 'errors', 'name'] as const),
];

export interface TopSort {
  /** `Column.id` */
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

/**
 * A column, with `:asc` or `:desc` if wanted.
 *
 * @throws EverycallError `bad-option`
 */
export function parseTopSort(text: string): TopSort {
  const [column, order = column === 'name' ? 'asc' : 'desc', ...more] = text.split(':');
  if (!(TOP_SORTS as readonly string[]).includes(column)) {
    const meant = nearest(column, TOP_SORTS);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw new EverycallError('bad-option', `expected a column (${TOP_SORTS.join(', ')}), got '${column}'${hint}`);
  }
  if (more.length > 0 || (order !== 'asc' && order !== 'desc')) {
    throw new EverycallError('bad-option', `expected the order asc or desc after '${column}:', got '${text}'`);
  }
  return { column, order };
}
