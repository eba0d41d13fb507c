// What `everycall top` shows at the moment, and what a key changes of it. Pure: what a key makes the program do comes back as an
// action.
import { EDGE_COLUMNS, FUNCTION_COLUMNS, THREAD_COLUMNS, usualOrder } from './columns.ts';
import type { TopSort } from './sort.ts';

export type List = 'functions' | 'threads' | 'edges';

export interface TopState {
  readonly list: List;
  readonly isHelp: boolean;
  readonly sort: Readonly<Record<List, TopSort>>;
  /** Shown are functions in whose name or file this stands, and threads in whose name. */
  readonly filters: Readonly<Record<List, string>>;
  /** Rows of a list at most. */
  readonly limit: number;
  /** A line that is being typed. */
  readonly prompt: { readonly of: 'filter' | 'save'; readonly text: string; readonly before: string } | null;
  readonly isPaused: boolean;
  /** The thread whose functions are shown, by `LiveThread.id`; `null` for all. */
  readonly thread: number | null;
  /** Ids of the functions whose callers and callees were opened, the one that is shown last. */
  readonly opened: readonly number[];
  /** Key of the row that keys act on, so that it stays the same as rows change places; `null` for the first. */
  readonly selected: string | null;
  /** Where that row is, for when it is no longer there. */
  readonly index: number;
  /** The first row that is shown. */
  readonly scroll: number;
  /** What was done, or why not; until the next key. */
  readonly message: string;
}

/** A key as node:readline tells it. */
export interface Key {
  readonly sequence?: string;
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

export type Action =
  | { readonly kind: 'quit' | 'toggle' | 'clear' | 'suspend' }
  /** Show the functions of `TopState.thread`. */
  | { readonly kind: 'thread' }
  /** Show callers and callees of the last of `TopState.opened`. */
  | { readonly kind: 'edges' }
  | { readonly kind: 'save'; readonly path: string };

/** What is on the screen, for keys that depend on it. */
export interface Shown {
  /** Keys of all rows of the list, in order. */
  readonly keys: readonly string[];
  /** Rows that fit. */
  readonly height: number;
  /** Ids of the threads, in order. */
  readonly threads: readonly number[];
  /** Offered for saving to. */
  readonly fileName: string;
  /** The process has ended. */
  readonly isGone: boolean;
}

export function initialState(
  sort: TopSort,
  { thread = null, list = 'functions', limit = Infinity }: Partial<Pick<TopState, 'thread' | 'list' | 'limit'>> = {},
): TopState {
  return {
    limit,
    list,
    isHelp: false,
    sort: {
      functions: sort,
      threads: { column: 'cpu', order: 'desc' },
      edges: { column: 'side', order: 'asc' },
    },
    filters: { functions: '', threads: '', edges: '' },
    prompt: null,
    isPaused: false,
    thread,
    opened: [],
    selected: null,
    index: 0,
    scroll: 0,
    message: '',
  };
}

/** Where the selected row is by now, and what has to be scrolled to so that it is seen. */
export function settled(state: TopState, { keys, height }: Pick<Shown, 'keys' | 'height'>): TopState {
  const at = state.selected === null ? 0 : keys.indexOf(state.selected);
  const index = Math.max(0, Math.min(at >= 0 ? at : state.index, keys.length - 1));
  const last = Math.max(0, keys.length - Math.max(1, height));
  const scroll = Math.max(0, Math.min(state.scroll, last, index), Math.min(index - Math.max(1, height) + 1, last));
  return { ...state, index, scroll };
}

/** What changes of the state when the list is filtered. */
function filteredBy({ filters, list }: TopState, text: string): Partial<TopState> {
  return { filters: { ...filters, [list]: text }, selected: null, index: 0, scroll: 0 };
}

type Step = readonly [state: TopState, action?: Action];

export function press(state: TopState, key: Key, shown: Shown): Step {
  if (key.ctrl === true && key.name === 'c') return [state, { kind: 'quit' }];
  if (key.ctrl === true && key.name === 'z') return [state, { kind: 'suspend' }];
  if (state.prompt !== null) return type(state, state.prompt, key);
  const quiet = { ...state, message: '' };
  if (state.isHelp) return [{ ...quiet, isHelp: false }];
  const moved = move(quiet, key, shown);
  if (moved !== undefined) return [moved];
  // All is over: what is left is to look at the figures, by the keys that move, or to go.
  if (shown.isGone) return [state, { kind: 'quit' }];
  return act(quiet, key, shown);
}

function move(state: TopState, key: Key, { keys, height }: Shown): TopState | undefined {
  const page = Math.max(1, height - 1);
  const by: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, pageup: -page, pagedown: page },
    ...{ home: -Infinity, end: Infinity },
  };
  const step = by[key.name ?? ''];
  if (step === undefined || key.ctrl === true) return undefined;
  const index = Math.max(0, Math.min(state.index + step, keys.length - 1));
  return { ...state, index, selected: keys[index] ?? null };
}

/** Keys whose sequences differ from terminal to terminal. All others are what they write, so that `C` is not `c`. */
const NAMED = new Set(['return', 'enter', 'escape', 'backspace', 'left', 'right']);

function act(state: TopState, key: Key, shown: Shown): Step {
  switch (NAMED.has(key.name ?? '') ? key.name : key.sequence) {
    case 'q':
      return [state, { kind: 'quit' }];
    case '?':
    case 'h':
      return [{ ...state, isHelp: true }];
    case ' ':
    case 'p':
      return [{ ...state, isPaused: !state.isPaused }];
    case '/':
      return [
        { ...state, prompt: { of: 'filter', text: state.filters[state.list], before: state.filters[state.list] } },
      ];
    case 'w':
      return [{ ...state, prompt: { of: 'save', text: shown.fileName, before: '' } }];
    case 's':
      return [state, { kind: 'toggle' }];
    case 'C':
      return [state, { kind: 'clear' }];
    case 't':
      return [toList(state, state.list === 'threads' ? 'functions' : 'threads')];
    case 'a':
      return toThread(state, null);
    case ']':
      return toThread(state, neighbour(state.thread, shown.threads, 1));
    case '[':
      return toThread(state, neighbour(state.thread, shown.threads, -1));
    case 'r':
      return [resorted(state, 0)];
    case '>':
    case 'right':
      return [resorted(state, 1)];
    case '<':
    case 'left':
      return [resorted(state, -1)];
    case 'return':
    case 'enter':
      return open(state, shown);
    case 'escape':
    case 'backspace':
      return back(state);
    default:
      return [state];
  }
}

/** What stands at the end of a row's key is the id of its function or thread. */
const idOf = (rowKey: string): number => Number(rowKey.slice(rowKey.lastIndexOf(':') + 1));

function open(state: TopState, { keys }: Shown): Step {
  const key = keys[state.index];
  if (key === undefined) return [state];
  if (state.list === 'threads') return toThread(state, idOf(key));
  const opened = { ...toList(state, 'edges'), opened: [...state.opened, idOf(key)] };
  // Who calls a function is called something else.
  return [{ ...opened, filters: { ...state.filters, edges: '' } }, { kind: 'edges' }];
}

function back(state: TopState): Step {
  if (state.list === 'threads') return [toList(state, 'functions')];
  if (state.list === 'functions')
    return [state.filters.functions === '' ? state : { ...state, ...filteredBy(state, '') }];
  const opened = state.opened.slice(0, -1);
  // Back at the row that was opened.
  const from = state.opened.at(-1)!;
  if (opened.length > 0) return [{ ...toList(state, 'edges'), opened }, { kind: 'edges' }];
  return [{ ...toList(state, 'functions'), opened, selected: rowKey('functions', from) }];
}

/** Names a row for {@link TopState.selected}. */
export function rowKey(kind: string, id: number): string {
  return `${kind}:${id}`;
}

function toList(state: TopState, list: List): TopState {
  return { ...state, list, opened: list === 'edges' ? state.opened : [], selected: null, index: 0, scroll: 0 };
}

function toThread(state: TopState, thread: number | null): Step {
  const next = { ...toList(state, 'functions'), thread, isPaused: false };
  return state.thread === thread ? [{ ...next, isPaused: state.isPaused }] : [next, { kind: 'thread' }];
}

/** All threads are between the last and the first. */
function neighbour(thread: number | null, threads: readonly number[], step: number): number | null {
  const ring = [null, ...threads];
  const at = Math.max(0, ring.indexOf(thread));
  return ring[(at + step + ring.length) % ring.length];
}

const COLUMNS = { functions: FUNCTION_COLUMNS, threads: THREAD_COLUMNS, edges: EDGE_COLUMNS };

/** @param step columns to the right; 0 for the other order of the same column */
function resorted(state: TopState, step: number): TopState {
  const columns = COLUMNS[state.list];
  const { column, order } = state.sort[state.list];
  const at = columns.findIndex(({ id }) => id === column);
  const next = columns[(at + step + columns.length) % columns.length].id;
  const turned = order === 'asc' ? ('desc' as const) : ('asc' as const);
  const sort = { column: next, order: step === 0 ? turned : usualOrder(columns, next) };
  return { ...state, sort: { ...state.sort, [state.list]: sort }, selected: null, index: 0, scroll: 0 };
}

function type(state: TopState, prompt: NonNullable<TopState['prompt']>, key: Key): Step {
  const { of } = prompt;
  const write = (text: string): TopState => ({
    ...state,
    prompt: { ...prompt, text },
    // What is filtered is seen while one types.
    ...(of === 'filter' && filteredBy(state, text)),
  });
  switch (key.name) {
    case 'return':
    case 'enter':
      if (of === 'filter') return [{ ...state, prompt: null }];
      if (prompt.text === '') return [{ ...state, prompt: null }];
      return [
        { ...state, prompt: null },
        { kind: 'save', path: prompt.text },
      ];
    case 'escape':
      return [{ ...write(of === 'filter' ? prompt.before : prompt.text), prompt: null }];
    case 'backspace':
      return [write([...prompt.text].slice(0, -1).join(''))];
  }
  if (key.ctrl === true) return [key.name === 'u' ? write('') : state];
  const { sequence = '' } = key;
  return [key.meta === true || sequence === '' || /\p{Cc}/u.test(sequence) ? state : write(prompt.text + sequence)];
}
