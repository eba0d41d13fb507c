// The line of controls: which view, since when, what is looked for, which thread and clock. Shows state; keeps none.
import type { RefObject } from 'preact';
import { whole } from '../../exporters/html/page/format.tsx';
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
  const step = (by: number) => {
    const next = VIEWS[(VIEWS.indexOf(view) + by + VIEWS.length) % VIEWS.length];
    props.onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="toolbar">
      <div class="tabs" role="tablist" aria-label="Views">
        {VIEWS.map((name) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-selected={name === view}
            aria-controls="view"
            tabIndex={name === view ? 0 : -1}
            onClick={() => props.onView(name)}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
              event.preventDefault();
              step(event.key === 'ArrowRight' ? 1 : -1);
            }}
          >
            {VIEW_NAMES[name]}
            {name === 'blocks' && blocks > 0 && <span class="badge">{whole(blocks)}</span>}
          </button>
        ))}
      </div>
      <div class="search">
        <input
          type="search"
          ref={props.searchRef}
          value={query}
          placeholder="Search names and files  /"
          aria-label="Search names and files"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && props.onLeaveSearch()}
        />
        <output>{found === null ? '' : `${whole(found)} ${found === 1 ? 'function' : 'functions'}`}</output>
      </div>
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
      {hasCpu && (
        <div class="clocks" role="group" aria-label="Clock">
          {CLOCKS.map((name) => (
            <button type="button" key={name} aria-pressed={name === clock} onClick={() => props.onClock(name)}>
              {name === 'cpu' ? 'CPU' : 'Wall'}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
