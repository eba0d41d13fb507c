// The report as a whole: what is chosen, and which view shows it. The views themselves know nothing of each other.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CLOCKS } from '../../../statistics/columns.ts';
import type { Clock } from '../../../statistics/columns.ts';
import { chosenTag, chosenThreads, tagName, tagOptions, threadName, threadOptions } from './choices.ts';
import { Detail } from './detail.tsx';
import { Dialog, Help } from './dialog.tsx';
import { Empty, emptyReason } from './empty.tsx';
import { groupsOf, shadeOf } from './flame-colors.ts';
import { FlameGraph } from './flame-graph.tsx';
import { flameTree, ROOT_NODE } from './flame-tree.ts';
import { FunctionTable } from './function-table.tsx';
import { About, Header } from './header.tsx';
import { useKeys } from './keyboard.ts';
import { Lanes } from './lanes.tsx';
import { Legend } from './legend.tsx';
import { placesOf } from './places.ts';
import type { Report } from './report.ts';
import { searchIndex } from './search.ts';
import { activeRows, selectEdges } from './selection.ts';
import type { Selection } from './selection.ts';
import { sortRows, tableColumns } from './table-columns.tsx';
import type { Sort } from './table-columns.tsx';
import { useTheme } from './theme.ts';
import { Toolbar } from './toolbar.tsx';
import type { View } from './toolbar.tsx';

/** Marks in the browser's timeline, when a view was first painted. */
const markPaint = (view: string) => () => {
  const name = `everycall:${view}`;
  if (performance.getEntriesByName(name).length === 0) requestAnimationFrame(() => performance.mark(name));
};
const markFlame = markPaint('flame');
const markTable = markPaint('table');

export interface AppProps {
  readonly report: Report;
  /** When edges can be asked for: they come last, and the page is there before. */
  readonly loaded: Promise<void>;
}

export function App({ report, loaded }: AppProps) {
  const theme = useTheme();
  const hasStacks = report.stacks.size > 1;
  const [view, setView] = useState<View>(hasStacks ? 'flame' : 'functions');
  const [query, setQuery] = useState('');
  const [thread, setThread] = useState('');
  const [tag, setTag] = useState('');
  const [clock, setClock] = useState<Clock>(report.clock);
  const [sort, setSort] = useState<Sort>({ column: clock === 'cpu' ? 'selfCpu' : 'selfWall', order: 'desc' });
  /** Functions whose details were opened, the last one in view. */
  const [opened, setOpened] = useState<readonly number[]>([]);
  const [zoom, setZoom] = useState(ROOT_NODE);
  const [hasEdges, setHasEdges] = useState(false);
  const [dialog, setDialog] = useState<'help' | 'about' | null>(null);
  const search = useRef<HTMLInputElement>(null);

  const { functions, stacks, hasCpu } = report;
  const threads = useMemo(() => threadOptions(report), [report]);
  const tags = useMemo(() => tagOptions(report), [report]);
  const index = useMemo(() => searchIndex(functions), [functions]);
  const colors = useMemo(() => groupsOf(functions), [functions]);
  const places = useMemo(() => placesOf(functions), [functions]);
  const selection = useMemo<Selection>(
    () => ({ threads: chosenThreads(report, thread), tag: chosenTag(tag) }),
    [report, thread, tag],
  );
  const all = useMemo(
    () => (selection.threads === null && selection.tag === null ? functions : report.rows(selection)),
    [report, selection],
  );
  const selected = useMemo(() => activeRows(all), [all]);
  const matches = useMemo(() => index.find(query), [index, query]);
  const tree = useMemo(() => flameTree(stacks, selection, clock), [stacks, selection, clock]);
  const columns = useMemo(() => tableColumns(selected, clock, hasCpu), [selected, clock, hasCpu]);
  const sortColumn = columns.find(({ id }) => id === sort.column) ?? columns[1];
  const sorted = useMemo(() => sortRows(selected, sortColumn, sort.order), [selected, sortColumn, sort.order]);
  const rows = useMemo(
    () => (matches === null ? sorted : sorted.filter((fn) => matches[fn.id] === 1)),
    [sorted, matches],
  );
  const active = useMemo(() => activeRows(functions), [functions]);
  const calls = useMemo(() => active.reduce((sum, fn) => sum + fn.calls, 0), [active]);
  const shownZoom = tree.totalNs[zoom] > 0 ? zoom : ROOT_NODE;
  const openFn = opened.at(-1) ?? null;

  useEffect(() => void loaded.then(() => setHasEdges(true)), [loaded]);
  const hadDetail = useRef(false);
  useEffect(() => {
    // The details take the focus with them: it goes back to where they were opened.
    if (hadDetail.current && openFn === null) {
      document.querySelector<HTMLElement>('#view [tabindex="0"]')?.focus({ preventScroll: true });
    }
    hadDetail.current = openFn !== null;
  }, [openFn]);
  useEffect(() => {
    document.title = `${report.title} · everycall`;
  }, [report.title]);

  const open = (fn: number) => setOpened((known) => (known.at(-1) === fn ? known : [...known, fn]));
  const back = () => setOpened((known) => known.slice(0, -1));
  const hasViewKeys = dialog === null;
  const views: readonly View[] = ['flame', 'functions', 'threads', ...(tags.length > 0 ? (['tags'] as const) : [])];
  useKeys(hasViewKeys, (key, event) => {
    switch (key) {
      case '/':
        return search.current!.select();
      case 'f':
        return setView('flame');
      case 't':
        return setView('functions');
      case 'p':
        return setView('threads');
      case 'g':
        return tags.length > 0 && setView('tags');
      case 'c':
        return hasCpu && setClock(clock === 'wall' ? 'cpu' : 'wall');
      case '?':
        return setDialog('help');
      case 'Escape':
        if (event.target === search.current && search.current !== null) {
          setQuery('');
          return search.current.blur();
        }
        if (openFn !== null) return back();
        if (view === 'flame' && shownZoom !== ROOT_NODE) return setZoom(tree.parent[shownZoom]);
        return query !== '' && setQuery('');
      default:
        return false;
    }
  });

  return (
    <div class={openFn === null ? 'page' : 'page with-detail'}>
      <Header report={report} functions={active.length} calls={calls} onAbout={() => setDialog('about')}>
        <button type="button" aria-label={theme.isDark ? 'Light mode' : 'Dark mode'} onClick={theme.toggle}>
          {theme.isDark ? '☀' : '☾'}
        </button>
        <button type="button" aria-label="Keyboard and help" onClick={() => setDialog('help')}>
          ?
        </button>
      </Header>
      <Toolbar
        views={views}
        view={view}
        onView={setView}
        searchRef={search}
        query={query}
        found={matches === null ? null : rows.length}
        onQuery={setQuery}
        onLeaveSearch={() => search.current!.blur()}
        threads={threads}
        thread={thread}
        onThread={setThread}
        tags={tags}
        tag={tag}
        onTag={setTag}
        clocks={hasCpu ? CLOCKS : []}
        clock={clock}
        onClock={setClock}
      />
      <main>
        <section class="view" id="view" role="tabpanel" aria-labelledby={`tab-${view}`}>
          {view === 'flame' &&
            (tree.totalNs[ROOT_NODE] > 0 ? (
              <>
                <Legend groups={colors.groups} isDark={theme.isDark} onPick={setQuery} />
                <FlameGraph
                  tree={tree}
                  clockName={clock === 'wall' ? 'wall' : 'CPU'}
                  isDark={theme.isDark}
                  hasKeys={hasViewKeys}
                  zoom={shownZoom}
                  matches={matches}
                  nameOf={(fn) => functions[fn].name}
                  placeOf={(fn) => places(functions[fn])}
                  shadeOf={(fn) => shadeOf(colors.groupOf[fn], fn, theme.isDark)}
                  onZoom={setZoom}
                  onOpen={open}
                  onPaint={markFlame}
                />
              </>
            ) : (
              <Empty title="No stacks">
                No stack was sampled {thread !== '' || tag !== '' ? 'of what is chosen' : 'here'}: the flame graph is
                drawn from samples, one a tick. The functions were counted all the same.
              </Empty>
            ))}
          {view === 'functions' &&
            (selected.length > 0 ? (
              <FunctionTable
                rows={rows}
                columns={columns}
                sort={{ column: sortColumn.id, order: sort.order }}
                hasKeys={hasViewKeys}
                openFn={openFn}
                placeOf={places}
                onSort={setSort}
                onOpen={open}
                onPaint={markTable}
              />
            ) : (
              <Empty title="Nothing recorded">{emptyReason(report, thread !== '' || tag !== '')}</Empty>
            ))}
          {view === 'threads' && (
            <Lanes
              title="Threads"
              factNames={[...(report.processes.length > 1 ? ['process'] : []), 'state']}
              lanes={report.threads.map((lane) => ({
                choice: lane.state === 'folded' ? `folded ${lane.id}` : `thread ${lane.id}`,
                isFixed: lane.state === 'folded',
                name: threadName(report, lane.id),
                facts: [...(report.processes.length > 1 ? [threads[lane.process].process] : []), lane.state],
                wallNs: lane.wallNs,
                cpuNs: lane.cpuNs,
                calls: lane.calls,
              }))}
              hasCpu={hasCpu}
              chosen={thread}
              onChoose={setThread}
            />
          )}
          {view === 'tags' && (
            <Lanes
              title="Tags"
              factNames={[]}
              lanes={report.tags.map((lane) => ({ choice: `tag ${lane.id}`, facts: [], ...lane }))}
              hasCpu={hasCpu}
              chosen={tag}
              onChoose={setTag}
            />
          )}
        </section>
        {openFn !== null && (
          <Detail
            fn={all[openFn]}
            callers={hasEdges ? selectEdges(report.edges.callersOf(openFn), selection) : null}
            callees={hasEdges ? selectEdges(report.edges.calleesOf(openFn), selection) : null}
            cutCallers={hasEdges ? report.edges.cutCallersOf(openFn) : 0}
            cutCallees={hasEdges ? report.edges.cutCalleesOf(openFn) : 0}
            functions={functions}
            place={places(functions[openFn])}
            clock={clock}
            hasCpu={hasCpu}
            hasBack={opened.length > 1}
            threadName={(id) => threadName(report, id)}
            tagName={(id) => tagName(report, id)}
            onOpen={open}
            onBack={back}
            onClose={() => setOpened([])}
          />
        )}
      </main>
      {dialog !== null && (
        <Dialog title={dialog === 'help' ? 'Keyboard and help' : 'About this profile'} onClose={() => setDialog(null)}>
          {dialog === 'help' ? <Help /> : <About report={report} />}
        </Dialog>
      )}
    </div>
  );
}
