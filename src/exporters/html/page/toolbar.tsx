// The line of controls: which view, what is looked for, which thread, tag and clock. Shows state; keeps none.
import type { RefObject } from 'preact';
import type { Clock } from '../../../statistics/columns.ts';
import type { Option, ThreadOptions } from './choices.ts';
import { Clocks, Search, Tabs } from './toolbar-parts.tsx';

export type View = 'flame' | 'functions' | 'threads' | 'tags';

const VIEW_NAMES: Readonly<Record<View, string>> = {
  flame: 'Flame graph',
  functions: 'Functions',
  threads: 'Threads',
  tags: 'Tags',
};

export interface ToolbarProps {
  readonly views: readonly View[];
  readonly view: View;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly query: string;
  /** How many functions match; `null` when nothing is looked for. */
  readonly found: number | null;
  readonly threads: readonly ThreadOptions[];
  readonly thread: string;
  readonly tags: readonly Option[];
  readonly tag: string;
  /** Empty where there is but one. */
  readonly clocks: readonly Clock[];
  readonly clock: Clock;
  onView(view: View): void;
  onQuery(query: string): void;
  onLeaveSearch(): void;
  onThread(choice: string): void;
  onTag(choice: string): void;
  onClock(clock: Clock): void;
}

export function Toolbar(props: ToolbarProps) {
  const { views, view, query, found, threads, thread, tags, tag, clocks, clock } = props;
  const hasThreads = threads.reduce((sum, { options }) => sum + options.length, 0) > 1;
  return (
    <div class="toolbar">
      <Tabs views={views} view={view} nameOf={(name) => VIEW_NAMES[name]} onView={props.onView} />
      <Search
        searchRef={props.searchRef}
        query={query}
        found={found}
        onQuery={props.onQuery}
        onLeave={props.onLeaveSearch}
      />
      {hasThreads && (
        <select
          aria-label="Thread"
          class={thread === '' ? undefined : 'chosen'}
          value={thread}
          onChange={(event) => props.onThread(event.currentTarget.value)}
        >
          <option value="">All threads</option>
          {threads.map(({ process, options }, p) =>
            process === '' ? (
              <Options options={options} key={p} />
            ) : (
              <optgroup label={process} key={p}>
                <Options options={options} />
              </optgroup>
            ),
          )}
        </select>
      )}
      {tags.length > 0 && (
        <select
          aria-label="Tag"
          class={tag === '' ? undefined : 'chosen'}
          value={tag}
          onChange={(event) => props.onTag(event.currentTarget.value)}
        >
          <option value="">All tags</option>
          <Options options={tags} />
        </select>
      )}
      {clocks.length > 1 && <Clocks clocks={clocks} clock={clock} onClock={props.onClock} />}
    </div>
  );
}

function Options({ options }: { readonly options: readonly Option[] }) {
  return (
    <>
      {options.map(({ choice, name }) => (
        <option value={choice} key={choice}>
          {name}
        </option>
      ))}
    </>
  );
}
