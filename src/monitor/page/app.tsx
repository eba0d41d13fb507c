// The page as a whole: what is chosen, and which view shows it. The views themselves know nothing of each other.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { locations } from '../../exporters/location.ts';
import { Dialog } from '../../exporters/html/page/dialog.tsx';
import { Empty } from '../../exporters/html/page/empty.tsx';
import { shadeOf } from '../../exporters/html/page/flame-colors.ts';
import { FlameGraph } from '../../exporters/html/page/flame-graph.tsx';
import { ROOT_NODE } from '../../exporters/html/page/flame-tree.ts';
import { FunctionTable } from '../../exporters/html/page/function-table.tsx';
import { useKeys } from '../../exporters/html/page/keyboard.ts';
import { Legend } from '../../exporters/html/page/legend.tsx';
import { searchIndex } from '../../exporters/html/page/search.ts';
import { type Sort, sortRows } from '../../exporters/html/page/table-columns.tsx';
import { useTheme } from '../../exporters/html/page/theme.ts';
import type { Clock } from '../../statistics/columns.ts';
import { Blocks } from './blocks.tsx';
import { liveColumns } from './columns.tsx';
import { askJson, save } from './connection.ts';
import { Detail } from './detail.tsx';
import { Help, Save } from './dialogs.tsx';
import { Header } from './header.tsx';
import { Tags } from './tags.tsx';
import { ThreadLanes } from './thread-lanes.tsx';
import { Toolbar, type View } from './toolbar.tsx';
import { useLive } from './use-live.ts';

export function App() {
  const theme = useTheme();
  const [thread, setThread] = useState<number | null>(null);
  const [isPaused, setPaused] = useState(false);
  const { model, picture, status, link, why, refresh } = useLive(thread, isPaused);
  const [view, setView] = useState<View>('functions');
  const [query, setQuery] = useState('');
  const [clock, setClock] = useState<Clock>('wall');
  const [sort, setSort] = useState<Sort>({ column: 'selfWall', order: 'desc' });
  /** Functions whose details were opened, the last one in view. */
  const [opened, setOpened] = useState<readonly number[]>([]);
  const [zoom, setZoom] = useState(ROOT_NODE);
  const [dialog, setDialog] = useState<'help' | 'save' | null>(null);
  const [trouble, setTrouble] = useState('');
  const search = useRef<HTMLInputElement>(null);

  const { names, named, groups } = model;
  const places = useMemo(() => locations(names, status?.cwd), [named, status?.cwd, model]);
  const index = useMemo(() => searchIndex([...names]), [named, model]);
  const matches = useMemo(() => index.find(query), [index, query]);
  const hasCpu = picture?.hasCpu ?? false;
  const trends = model.trends[clock];
  const all = picture?.rows ?? [];
  const columns = useMemo(
    () => liveColumns(all, clock, hasCpu, (id) => trends.of(id)),
    [picture, clock, hasCpu, model],
  );
  const sortColumn = columns.find(({ id }) => id === sort.column) ?? columns[1];
  const rows = useMemo(() => {
    const shown = matches === null ? all : all.filter(({ id }) => matches[id] === 1);
    return sortRows(shown, sortColumn, sort.order);
  }, [picture, sortColumn, sort.order, matches]);
  const tree = useMemo(() => (view === 'flame' ? model.tree(clock) : null), [picture, view, clock, model]);
  const shownZoom = tree !== null && tree.totalNs[zoom] > 0 ? zoom : ROOT_NODE;
  const openFn = opened.at(-1) ?? null;
  const markedAtMs = picture?.markedAtMs ?? null;
  const isLost = link !== 'live';

  useEffect(() => {
    if (status !== null) document.title = `${(status.argv[0] ?? '').split(/[\\/]/).at(-1)} · everycall`;
  }, [status]);
  useEffect(() => {
    setOpened([]);
    setZoom(ROOT_NODE);
  }, [thread]);

  const nameOf = (fn: number) => names[fn]?.name ?? '';
  const placeOf = (fn: number) => places[fn] ?? '';
  const threadName = (id: number) => picture?.threads.find((each) => each.id === id)?.name ?? `thread ${id}`;
  const open = (fn: number) => setOpened((before) => (before.at(-1) === fn ? before : [...before, fn]));
  const back = () => setOpened((before) => before.slice(0, -1));
  const attempt = (work: Promise<unknown>) => {
    setTrouble('');
    work.catch((error: Error) => setTrouble(error.message));
  };
  const toggleRunning = () => attempt(askJson(picture?.isRunning === true ? '/v1/stop' : '/v1/start', {}));
  const clear = () => attempt(askJson('/v1/clear', {}));
  const toggleMark = () => {
    if (markedAtMs === null) model.setMark();
    else model.clearMark();
    refresh();
  };
  const hasViewKeys = dialog === null;
  useKeys(hasViewKeys, (key, event) => {
    switch (key) {
      case '/':
        return search.current!.select();
      case 't':
        return setView('functions');
      case 'f':
        return setView('flame');
      case 'p':
        return setView('threads');
      case 'b':
        return setView('blocks');
      case 'g':
        return setView('tags');
      case 'm':
        return toggleMark();
      case ' ':
        return setPaused(!isPaused);
      case 's':
        return !isLost && toggleRunning();
      case 'x':
        return !isLost && clear();
      case 'w':
        return !isLost && setDialog('save');
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
        if (tree !== null && shownZoom !== ROOT_NODE) return setZoom(tree.parent[shownZoom]);
        return query !== '' && setQuery('');
      default:
        return false;
    }
  });

  return (
    <div class={openFn === null ? 'page live' : 'page live with-detail'} data-frames={picture?.frames ?? 0}>
      <Header
        status={status}
        picture={picture}
        link={link}
        why={why}
        isPaused={isPaused}
        trouble={trouble}
        onForgive={() => setTrouble('')}
      >
        <button type="button" class="wide" disabled={isLost} onClick={toggleRunning}>
          {picture?.isRunning === true ? 'Stop' : 'Start'}
        </button>
        <button type="button" class="wide" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <button
          type="button"
          class="wide"
          aria-pressed={markedAtMs !== null}
          title="Show what happens from now on"
          onClick={toggleMark}
        >
          Mark
        </button>
        <button type="button" class="wide" disabled={isLost} onClick={clear}>
          Clear
        </button>
        <button type="button" class="wide" disabled={isLost} onClick={() => setDialog('save')}>
          Save
        </button>
        <button type="button" aria-label={theme.isDark ? 'Light mode' : 'Dark mode'} onClick={theme.toggle}>
          {theme.isDark ? '☀' : '☾'}
        </button>
        <button type="button" aria-label="Keyboard and help" onClick={() => setDialog('help')}>
          ?
        </button>
      </Header>
      <Toolbar
        view={view}
        onView={setView}
        searchRef={search}
        query={query}
        found={matches === null ? null : rows.length}
        onQuery={setQuery}
        onLeaveSearch={() => search.current!.blur()}
        threads={picture?.threads ?? []}
        thread={thread}
        onThread={setThread}
        hasCpu={hasCpu}
        clock={clock}
        onClock={setClock}
        blocks={picture?.blocks.length ?? 0}
      />
      {picture !== null && markedAtMs !== null && (
        <p class="since" role="status">
          <span>
            Figures since <b>{new Date(markedAtMs).toLocaleTimeString()}</b>,{' '}
            {Math.max(0, Math.round((picture.atMs - markedAtMs) / 1000))} s
          </span>
          <button
            type="button"
            class="link"
            onClick={() => {
              model.setMark();
              refresh();
            }}
          >
            Mark anew
          </button>
          <button type="button" class="link" onClick={toggleMark}>
            All figures
          </button>
        </p>
      )}
      <main>
        <section class="view" id="view" role="tabpanel" aria-labelledby={`tab-${view}`}>
          {picture === null ? (
            <Empty title="Connecting">
              {link === 'refused' ? 'The token is missing.' : 'The first figures are on their way.'}
            </Empty>
          ) : view === 'functions' ? (
            all.length > 0 ? (
              <FunctionTable
                rows={rows}
                columns={columns}
                sort={{ column: sortColumn.id, order: sort.order }}
                hasKeys={hasViewKeys}
                openFn={openFn}
                placeOf={({ id }) => placeOf(id)}
                onSort={setSort}
                onOpen={open}
              />
            ) : (
              <Empty title="Nothing yet">
                {picture.isRunning
                  ? `No instrumented function was called ${markedAtMs === null ? 'so far' : 'since the mark'}.`
                  : 'The process is not being profiled: press Start.'}
              </Empty>
            )
          ) : view === 'flame' ? (
            tree !== null && tree.totalNs[ROOT_NODE] > 0 ? (
              <>
                <Legend groups={groups.all} isDark={theme.isDark} onPick={setQuery} />
                <FlameGraph
                  tree={tree}
                  clockName={clock === 'wall' ? 'wall' : 'CPU'}
                  isDark={theme.isDark}
                  hasKeys={hasViewKeys}
                  zoom={shownZoom}
                  matches={matches}
                  nameOf={nameOf}
                  placeOf={placeOf}
                  shadeOf={(fn) => shadeOf(groups.ofFunction[fn], fn, theme.isDark)}
                  onZoom={setZoom}
                  onOpen={open}
                />
              </>
            ) : (
              <Empty title="No stacks">
                No stack was sampled so far: the flame graph is drawn from samples, one a tick, of functions that run.
              </Empty>
            )
          ) : view === 'threads' ? (
            <ThreadLanes
              threads={picture.threads}
              moments={picture.moments}
              blocks={picture.blocks}
              nowMs={picture.atMs}
              isDark={theme.isDark}
              hasCpu={hasCpu}
              chosen={thread}
              nameOf={nameOf}
              onChoose={setThread}
            />
          ) : view === 'blocks' ? (
            <Blocks
              blocks={picture.blocks}
              nowMs={picture.atMs}
              nameOf={nameOf}
              placeOf={placeOf}
              threadName={threadName}
              onOpen={open}
            />
          ) : (
            <Tags tags={picture.tags} hasCpu={hasCpu} />
          )}
        </section>
        {openFn !== null && names[openFn] !== undefined && (
          <Detail
            fn={openFn}
            identity={names[openFn]}
            row={all.find(({ id }) => id === openFn)}
            place={placeOf(openFn)}
            clock={clock}
            hasCpu={hasCpu}
            hasBack={opened.length > 1}
            isLive={!isPaused && !isLost}
            thread={thread}
            trend={trends.of(openFn)}
            onOpen={open}
            onBack={back}
            onClose={() => setOpened([])}
          />
        )}
      </main>
      {dialog !== null && (
        <Dialog title={dialog === 'help' ? 'Keyboard and help' : 'Save the profile'} onClose={() => setDialog(null)}>
          {dialog === 'help' ? (
            <Help />
          ) : (
            <Save
              pid={status?.pid ?? 0}
              thread={thread}
              threadName={thread === null ? '' : threadName(thread)}
              onSave={(path, name) => {
                setDialog(null);
                attempt(save(path, name));
              }}
            />
          )}
        </Dialog>
      )}
    </div>
  );
}
