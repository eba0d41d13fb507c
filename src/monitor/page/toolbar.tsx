// The line of controls: which view, since when, what is looked for, which thread and clock. Shows state; keeps none.
import type { RefObject } from 'preact';
import { Clocks, Search, Tabs } from '../../exporters/html/page/toolbar-parts.tsx';
import { CLOCKS, type Clock } from '../../statistics/columns.ts';
import type { LiveThread } from '../frame.ts';

export const VIEWS = ['functions', 'flame', 'threads', 'blocks', 'tags'] as const;
export type View = (typeof VIEWS)[number];

const VIEW_NAMES: Readonly<Record<View, string>> = {
  functions: 'Functions',
  flame: 'Flame graph',
  threads: 'Threads',
  blocks: 'Blocks',
  tags: 'Tags',
};

export interface ToolbarProps {
  readonly view: View;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly query: string;
  /** How many functions match; `null` when nothing is looked for. */
  readonly found: number | null;
  readonly threads: readonly LiveThread[];
  readonly thread: number | null;
  readonly hasCpu: boolean;
  readonly clock: Clock;
  readonly blocks: number;
  onView(view: View): void;
  onQuery(query: string): void;
  onLeaveSearch(): void;
  onThread(thread: number | null): void;
  onClock(clock: Clock): void;
}

export function Toolbar(props: ToolbarProps) {
  const { view, query, found, threads, thread, hasCpu, clock, blocks } = props;
  return (
    <div class="toolbar">
      <Tabs
        views={VIEWS}
        view={view}
        nameOf={(name) => VIEW_NAMES[name]}
        badgeOf={(name) => (name === 'blocks' ? blocks : 0)}
        onView={props.onView}
      />
      <Search
        searchRef={props.searchRef}
        query={query}
        found={found}
        onQuery={props.onQuery}
        onLeave={props.onLeaveSearch}
      />
      {(threads.length > 1 || thread !== null) && (
        <select
          aria-label="Thread"
          class={thread === null ? undefined : 'chosen'}
          value={thread === null ? '' : String(thread)}
          onChange={({ currentTarget: { value } }) => props.onThread(value === '' ? null : Number(value))}
        >
          <option value="">All threads</option>
          {threads.map(({ id, name }) => (
            <option value={String(id)} key={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      {hasCpu && <Clocks clocks={CLOCKS} clock={clock} onClock={props.onClock} />}
    </div>
  );
}
