// What the toolbars of the report and of the live page have in common. Shows state; keeps none.
import type { RefObject } from 'preact';
import type { Clock } from '../../../statistics/columns.ts';
import { whole } from './format.tsx';

export interface TabsProps<View extends string> {
  readonly views: readonly View[];
  readonly view: View;
  nameOf(view: View): string;
  /** A number beside the name; 0 for none. */
  badgeOf?(view: View): number;
  onView(view: View): void;
}

/** Of tabs only the one in view is in the tab order: the arrow keys go from one to the next. */
export function Tabs<View extends string>({ views, view, nameOf, badgeOf, onView }: TabsProps<View>) {
  const step = (by: number) => {
    const next = views[(views.indexOf(view) + by + views.length) % views.length];
    onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views">
      {views.map((name) => {
        const badge = badgeOf?.(name) ?? 0;
        return (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-selected={name === view}
            aria-controls="view"
            tabIndex={name === view ? 0 : -1}
            onClick={() => onView(name)}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
              event.preventDefault();
              step(event.key === 'ArrowRight' ? 1 : -1);
            }}
          >
            {nameOf(name)}
            {badge > 0 && <span class="badge">{whole(badge)}</span>}
          </button>
        );
      })}
    </div>
  );
}

export interface SearchProps {
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly query: string;
  /** How many functions match; `null` when nothing is looked for. */
  readonly found: number | null;
  onQuery(query: string): void;
  onLeave(): void;
}

export function Search({ searchRef, query, found, onQuery, onLeave }: SearchProps) {
  return (
    <div class="search">
      <input
        type="search"
        ref={searchRef}
        value={query}
        placeholder="Search names and files  /"
        aria-label="Search names and files"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && onLeave()}
      />
      <output>{found === null ? '' : `${whole(found)} ${found === 1 ? 'function' : 'functions'}`}</output>
    </div>
  );
}

export interface ClocksProps {
  readonly clocks: readonly Clock[];
  readonly clock: Clock;
  onClock(clock: Clock): void;
}

export function Clocks({ clocks, clock, onClock }: ClocksProps) {
  return (
    <div class="clocks" role="group" aria-label="Clock">
      {clocks.map((name) => (
        <button type="button" key={name} aria-pressed={name === clock} onClick={() => onClock(name)}>
          {name === 'cpu' ? 'CPU' : 'Wall'}
        </button>
      ))}
    </div>
  );
}
