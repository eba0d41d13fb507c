// One function: its figures, its last minute, who calls it and whom it calls. Frames have no edges: they are asked for, once
// a second, while this is open.
import { useEffect, useRef, useState } from 'preact/hooks';
import { percent } from '../../exporters/figures.ts';
import { DetailHead } from '../../exporters/html/page/detail-head.tsx';
import { type EdgeFigures, EdgeTable } from '../../exporters/html/page/edge-table.tsx';
import { Count, roughly, Time } from '../../exporters/html/page/format.tsx';
import type { FunctionIdentity } from '../../profile.ts';
import type { Clock } from '../../statistics/columns.ts';
import type { LiveEdges, LiveName } from '../frame.ts';
import { askJson } from './connection.ts';
import type { LiveRow } from './model.ts';
import { Sparkline } from './sparkline.tsx';

export interface DetailProps {
  readonly fn: number;
  readonly identity: FunctionIdentity;
  /** `undefined` where it has no figures, such as right after a mark. */
  readonly row: LiveRow | undefined;
  readonly place: string;
  readonly clock: Clock;
  readonly hasCpu: boolean;
  readonly hasBack: boolean;
  /** Whether edges are asked for again and again. */
  readonly isLive: boolean;
  readonly thread: number | null;
  readonly trend: readonly number[];
  onOpen(fn: number): void;
  onBack(): void;
  onClose(): void;
}

const ASK_EVERY_MS = 1000;

export function Detail(props: DetailProps) {
  const { fn, identity, row, place, clock, hasCpu, hasBack, isLive, thread, trend, onOpen, onBack, onClose } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const [edges, setEdges] = useState<LiveEdges | null>(null);
  useEffect(() => heading.current!.focus({ preventScroll: true }), [fn]);
  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const path = `/v1/edges?function=${fn}${thread === null ? '' : `&thread=${thread}`}`;
        setEdges(await askJson<LiveEdges>(path, undefined, over.signal));
      } catch {
        // The head of the page says what is wrong with the connection.
      }
      if (isLive && !over.signal.aborted) timer = setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    setEdges((known) => (known?.id === fn ? known : null));
    void ask();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [fn, isLive, thread]);

  const functions: LiveName[] = [];
  for (const named of edges?.named ?? []) functions[named.id] = named;
  const table = (title: string, end: 'caller' | 'callee', none: string) =>
    edges !== null &&
    edges.id === fn && (
      <EdgeTable
        title={title}
        end={end}
        none={none}
        edges={edgesOf(edges, end)}
        cut={0}
        fn={{ id: fn }}
        functions={functions}
        clock={clock}
        hasCpu={hasCpu}
        onOpen={onOpen}
      />
    );
  return (
    <aside class="detail" aria-labelledby="detail-name">
      <DetailHead
        headingRef={heading}
        of={identity}
        place={place}
        hasBack={hasBack}
        onBack={onBack}
        onClose={onClose}
      />
      <div class="big-spark">
        <Sparkline values={trend} />
        <p class="scale">
          <span>a minute ago</span>
          <span>{`self ${clock}`}</span>
          <span>now</span>
        </p>
      </div>
      {row === undefined ? (
        <p class="nothing">Not called since the mark.</p>
      ) : (
        <dl class="facts">
          <div>
            <dt>calls/s</dt>
            <dd>{roughly(row.callsPerSecond)}</dd>
          </div>
          <div>
            <dt>self now</dt>
            <dd>{percent(clock === 'wall' ? row.wallShare : (row.cpuShare ?? 0))}</dd>
          </div>
          <div>
            <dt>calls</dt>
            <dd>
              <Count n={row.calls} />
            </dd>
          </div>
          {(
            [
              ['self wall', row.selfWallNs],
              ['self cpu', row.selfCpuNs],
              ['total wall', row.totalWallNs],
              ['total cpu', row.totalCpuNs],
              ['await', row.awaitNs],
            ] as const
          )
            .filter(([name, ns]) => ns !== null && (name !== 'await' || ns > 0))
            .map(([name, ns]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Time ns={ns} />
                </dd>
              </div>
            ))}
          {row.errors > 0 && (
            <div>
              <dt>errors</dt>
              <dd>
                <Count n={row.errors} />
              </dd>
            </div>
          )}
        </dl>
      )}
      {table('Called by', 'caller', 'Nothing that is recorded calls it.')}
      {table('Calls', 'callee', 'It calls nothing that is recorded.')}
      {edges !== null && <p class="nothing">Callers and callees are totals since the last clear, mark or not.</p>}
    </aside>
  );
}

/** Callers from the event loop have the function's own id where they are recursive, the root's else. */
function edgesOf(edges: LiveEdges, end: 'caller' | 'callee'): EdgeFigures[] {
  const list = end === 'caller' ? edges.callers : edges.callees;
  return list
    .map((edge) => ({
      ...edge,
      caller: end === 'caller' ? edge.id : edges.id,
      callee: end === 'caller' ? edges.id : edge.id,
      line: 0,
    }))
    .sort((a, b) => b.totalWallNs - a.totalWallNs || b.calls - a.calls);
}
