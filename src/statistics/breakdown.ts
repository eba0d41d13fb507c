// A row's figures by thread and by tag: queries over its parts.
import type { EdgeFigures, EdgeStats, FunctionFigures, FunctionStats, Part } from '../profile.ts';
import type { Addition } from './figures.ts';
import { EDGE_ADDITION, FUNCTION_ADDITION } from './figures.ts';

/** The row's figures on each thread, over all tags, in the order of first appearance. */
export function byThread(row: FunctionStats): (FunctionFigures & Pick<Part, 'thread'>)[];
export function byThread(row: EdgeStats): (EdgeFigures & Pick<Part, 'thread'>)[];
export function byThread(row: FunctionStats | EdgeStats): (EdgeFigures & Pick<Part, 'thread'>)[] {
  return grouped(row, 'thread').map(([thread, figures]) => ({ thread, ...figures }));
}

/** The row's figures under each tag, over all threads, in the order of first appearance; `UNTAGGED` for those under none. */
export function byTag(row: FunctionStats): (FunctionFigures & Pick<Part, 'tag'>)[];
export function byTag(row: EdgeStats): (EdgeFigures & Pick<Part, 'tag'>)[];
export function byTag(row: FunctionStats | EdgeStats): (EdgeFigures & Pick<Part, 'tag'>)[] {
  return grouped(row, 'tag').map(([tag, figures]) => ({ tag, ...figures }));
}

function grouped(row: FunctionStats | EdgeStats, by: 'thread' | 'tag'): [number, EdgeFigures][] {
  const { add } = ('caller' in row ? EDGE_ADDITION : FUNCTION_ADDITION) as Addition<EdgeFigures>;
  const groups = new Map<number, EdgeFigures>();
  for (const { thread, tag, ...figures } of row.parts) {
    const group = by === 'thread' ? thread : tag;
    const known = groups.get(group);
    groups.set(group, known === undefined ? figures : add(known, figures));
  }
  return [...groups];
}
