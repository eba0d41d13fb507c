// The table of functions: any number of rows, of which only those in sight are in the document. Fed by rows and columns;
// keeps nothing but where one is in it.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FunctionStats } from '../../../profile.ts';
import { useKeys } from './keyboard.ts';
import { naturalOrder } from './table-columns.tsx';
import type { Sort, TableColumn } from './table-columns.tsx';

const ROW_PX = 30;
/** Rows kept beyond either edge, so that scrolling shows no gap. */
const MARGIN_ROWS = 12;

const NARROW_PX = 560;

function rank({ id, isText }: Pick<TableColumn, 'id' | 'isText'>, sorted: string): number {
  return isText === true ? 0 : id === sorted ? 1 : 2;
}

export interface FunctionTableProps<Row extends Pick<FunctionStats, 'id' | 'name'>> {
  /** Sorted already. */
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly sort: Sort;
  readonly hasKeys: boolean;
  /** `FunctionStats.id` of the one whose details are open. */
  readonly openFn: number | null;
  placeOf(fn: Row): string;
  onSort(sort: Sort): void;
  onOpen(fn: number): void;
  onPaint?(): void;
}

export function FunctionTable<Row extends Pick<FunctionStats, 'id' | 'name'>>(props: FunctionTableProps<Row>) {
  const { rows, sort, hasKeys, openFn, placeOf, onSort, onOpen, onPaint } = props;
  const box = useRef<HTMLDivElement>(null);
  const [scrollPx, setScrollPx] = useState(0);
  const [{ widthPx, heightPx }, setSize] = useState({ widthPx: 1000, heightPx: 600 });
  const [activeFn, setActiveFn] = useState<number | null>(null);
  const indexOf = useMemo(() => new Map(rows.map((fn, i) => [fn.id, i])), [rows]);
  // Where only one or two columns are in sight, these are the name and the one that orders.
  const columns =
    widthPx < NARROW_PX
      ? [...props.columns].sort((a, b) => rank(a, sort.column) - rank(b, sort.column))
      : props.columns;
  const active = Math.max(0, indexOf.get(activeFn ?? -1) ?? 0);

  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() =>
      setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => onPaint?.(), []);
  // Another order or other rows: begin at the top, unless one is walking through them.
  useLayoutEffect(() => {
    box.current!.scrollTop = 0;
    setScrollPx(0);
    setActiveFn(null);
  }, [sort.column, sort.order]);
  useEffect(() => {
    if (openFn !== null) setActiveFn(openFn);
  }, [openFn]);

  const move = (to: number) => {
    const index = Math.min(rows.length - 1, Math.max(0, to));
    if (index < 0) return;
    setActiveFn(rows[index].id);
    const element = box.current!;
    const headPx = element.querySelector('thead')!.offsetHeight;
    const top = index * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX + headPx > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW_PX + headPx - element.clientHeight;
    }
  };
  const sortBy = (column: TableColumn<Row>) => {
    const natural = naturalOrder(column);
    const other = natural === 'asc' ? 'desc' : 'asc';
    onSort({ column: column.id, order: sort.column === column.id && sort.order === natural ? other : natural });
  };
  useKeys(hasKeys, (key) => {
    const page = Math.max(1, Math.floor(heightPx / ROW_PX) - 2);
    const sorted = props.columns.findIndex(({ id }) => id === sort.column);
    switch (key) {
      case 'ArrowDown':
      case 'j':
        return move(activeFn === null ? 0 : active + 1);
      case 'ArrowUp':
      case 'k':
        return move(active - 1);
      case 'PageDown':
        return move(active + page);
      case 'PageUp':
        return move(active - page);
      case 'Home':
        return move(0);
      case 'End':
        return move(rows.length - 1);
      case 'Enter':
        return rows.length > 0 && onOpen(rows[active].id);
      case 'r':
        return onSort({ column: sort.column, order: sort.order === 'asc' ? 'desc' : 'asc' });
      case '<':
      case '>': {
        const next = props.columns[sorted + (key === '<' ? -1 : 1)];
        return next !== undefined && onSort({ column: next.id, order: naturalOrder(next) });
      }
      default:
        return false;
    }
  });

  const first = Math.max(0, Math.floor(scrollPx / ROW_PX) - MARGIN_ROWS);
  const last = Math.min(rows.length, Math.ceil((scrollPx + heightPx) / ROW_PX) + MARGIN_ROWS);
  return (
    <div
      class="table-box"
      ref={box}
      tabIndex={0}
      role="grid"
      aria-label="Functions"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={rows.length > 0 ? `row-${rows[active].id}` : undefined}
      onScroll={(event) => setScrollPx(event.currentTarget.scrollTop)}
    >
      <table class="functions" role="presentation">
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <th
                key={column.id}
                role="columnheader"
                class={column.isText ? 'text' : `figure ${column.id.replace('%', '-share')}`}
                aria-sort={sort.column !== column.id ? 'none' : sort.order === 'asc' ? 'ascending' : 'descending'}
              >
                <button type="button" title={column.hint} onClick={() => sortBy(column)}>
                  {column.title}
                  <span class="arrow" aria-hidden="true">
                    {sort.column !== column.id ? '' : sort.order === 'asc' ? '▲' : '▼'}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <tr class="gap" role="presentation" style={{ height: `${first * ROW_PX}px` }} />
          {rows.slice(first, last).map((fn, i) => (
            <tr
              key={fn.id}
              id={`row-${fn.id}`}
              role="row"
              aria-rowindex={first + i + 2}
              aria-selected={fn.id === openFn}
              class={first + i === active && (hasKeys || activeFn !== null) ? 'active' : undefined}
              onClick={() => {
                setActiveFn(fn.id);
                onOpen(fn.id);
              }}
            >
              {columns.map((column) =>
                column.id === 'name' ? (
                  <th key="name" role="rowheader" scope="row" class="text" title={`${fn.name}\n${placeOf(fn)}`}>
                    <div class="cell">
                      <span class="name">{fn.name}</span>
                      <span class="place">
                        <bdi>{placeOf(fn)}</bdi>
                      </span>
                    </div>
                  </th>
                ) : (
                  <td key={column.id} role="gridcell" class={sort.column === column.id ? 'figure sorted' : 'figure'}>
                    {column.cell(fn)}
                  </td>
                ),
              )}
            </tr>
          ))}
          <tr class="gap" role="presentation" style={{ height: `${(rows.length - last) * ROW_PX}px` }} />
        </tbody>
      </table>
      {rows.length === 0 && <p class="nothing">No function matches.</p>}
    </div>
  );
}
