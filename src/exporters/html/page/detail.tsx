// All there is to know of one function: figures, durations, who called it and whom it called, threads and tags.
// Callers and callees have the figures of the edge: what this pair did, not what the other function did at large.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { EdgeStats, FunctionStats } from '../../../profile.ts';
import { byTag, byThread } from '../../../statistics/breakdown.ts';
import type { Clock } from '../../../statistics/columns.ts';
import { percent, relativeError } from '../../figures.ts';
import { Count, Share, Time, whole } from './format.tsx';
import { Histogram } from './histogram.tsx';

export interface DetailProps {
  /** With the figures of the selection. */
  readonly fn: FunctionStats;
  /** `null` while they are not known yet. */
  readonly callers: readonly EdgeStats[] | null;
  readonly callees: readonly EdgeStats[] | null;
  /** Edges that are not in the page. */
  readonly cutCallers: number;
  readonly cutCallees: number;
  readonly functions: readonly FunctionStats[];
  readonly place: string;
  readonly clock: Clock;
  readonly hasCpu: boolean;
  /** Whether there is another function to go back to. */
  readonly hasBack: boolean;
  threadName(thread: number): string;
  tagName(tag: number): string;
  onOpen(fn: number): void;
  onBack(): void;
  onClose(): void;
}

export function Detail(props: DetailProps) {
  const { fn, callers, callees, place, hasCpu, hasBack, onBack, onClose } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    pane.current!.scrollTop = 0;
    heading.current!.focus({ preventScroll: true });
  }, [fn.id]);
  const threads = byThread(fn);
  const tags = byTag(fn);
  const rows: (readonly [name: string, ns: number | null, error: string])[] = [
    ['self wall', fn.selfWallNs, relativeError(fn.selfErrorNs, fn.selfWallNs)],
    ...(hasCpu ? [['self cpu', fn.selfCpuNs, ''] as const] : []),
    ['total wall', fn.totalWallNs, relativeError(fn.totalErrorNs, fn.totalWallNs)],
    ...(hasCpu ? [['total cpu', fn.totalCpuNs, ''] as const] : []),
    ...(fn.awaitNs > 0 ? [['await', fn.awaitNs, ''] as const] : []),
    ...(fn.longestBlockNs > 0 ? [['longest block', fn.longestBlockNs, ''] as const] : []),
  ];
  return (
    <aside class="detail" ref={pane} aria-labelledby="detail-name">
      <header>
        <div class="detail-bar">
          {hasBack && (
            <button type="button" onClick={onBack}>
              ← Back
            </button>
          )}
          <button type="button" class="close" aria-label="Close details" onClick={onClose}>
            ✕
          </button>
        </div>
        <h2 id="detail-name" ref={heading} tabIndex={-1}>
          {fn.name}
        </h2>
        <p class="place">
          {place === '' ? '' : `${place} · `}
          {fn.kind}
        </p>
      </header>
      <dl class="facts">
        <div>
          <dt>calls</dt>
          <dd>
            <Count n={fn.calls} />
            {fn.primitiveCalls !== fn.calls && <small>{` ${whole(fn.primitiveCalls)} primitive`}</small>}
          </dd>
        </div>
        {fn.errors > 0 && (
          <div>
            <dt>errors</dt>
            <dd>
              <Count n={fn.errors} />
            </dd>
          </div>
        )}
        {fn.open > 0 && (
          <div>
            <dt>open</dt>
            <dd>
              <Count n={fn.open} />
            </dd>
          </div>
        )}
        {fn.resumes > 0 && (
          <div>
            <dt>resumes</dt>
            <dd>
              <Count n={fn.resumes} />
            </dd>
          </div>
        )}
        {rows.map(([name, ns, error]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Time ns={ns} />
              {error !== '' && <small>{` ${error}`}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {fn.durations.length > 0 && (
        <section>
          <h3>Durations</h3>
          <Histogram fn={fn} />
        </section>
      )}
      {callers !== null && (
        <EdgeTable
          {...props}
          title="Callers"
          edges={callers}
          cut={props.cutCallers}
          end="caller"
          none="Nobody called it here."
        />
      )}
      {callees !== null && (
        <EdgeTable
          {...props}
          title="Callees"
          edges={callees}
          cut={props.cutCallees}
          end="callee"
          none="It called nothing that was profiled."
        />
      )}
      {(threads.length > 1 || tags.length > 1 || tags.some(({ tag }) => tag >= 0)) && (
        <>
          <Breakdown
            title="Threads"
            rows={threads.map((row) => ({ name: props.threadName(row.thread), row }))}
            {...props}
          />
          {tags.some(({ tag }) => tag >= 0) && (
            <Breakdown title="Tags" rows={tags.map((row) => ({ name: props.tagName(row.tag), row }))} {...props} />
          )}
        </>
      )}
    </aside>
  );
}

/** Rows shown before one asks for all. */
const FEW = 25;

interface EdgeTableProps extends DetailProps {
  readonly title: string;
  readonly edges: readonly EdgeStats[];
  readonly cut: number;
  /** The end that the rows are about. */
  readonly end: 'caller' | 'callee';
  readonly none: string;
}

function EdgeTable({ title, edges, cut, end, none, fn, functions, clock, hasCpu, onOpen }: EdgeTableProps) {
  const [isWhole, setWhole] = useState(false);
  useEffect(() => setWhole(false), [fn.id]);
  const shown = isWhole ? edges : edges.slice(0, FEW);
  const timeOf = (edge: EdgeStats) => (clock === 'wall' ? edge.totalWallNs : edge.totalCpuNs);
  const sumNs = edges.reduce((sum, edge) => sum + (timeOf(edge) ?? 0), 0);
  return (
    <section class={`edges ${end}s`}>
      <h3>
        {title} <small>{whole(edges.length)}</small>
      </h3>
      {edges.length === 0 ? (
        <p class="nothing">{cut === 0 ? none : ''}</p>
      ) : (
        <div class="scroll-x">
          <table>
            <thead>
              <tr>
                <th scope="col">function</th>
                <th scope="col">calls</th>
                <th scope="col">total wall</th>
                {hasCpu && <th scope="col">total cpu</th>}
                <th scope="col" title="Of the other function, when called by this pair">
                  self wall
                </th>
                <th scope="col" title={`Total time a call of this pair (${clock})`}>
                  avg
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((edge) => {
                const other = functions[edge[end]];
                const caller = functions[edge.caller];
                const totalNs = timeOf(edge);
                return (
                  <tr key={other.id} data-fn={other.id}>
                    <th scope="row">
                      {other.kind === 'root' ? (
                        <span class="name">{other.name}</span>
                      ) : (
                        <button
                          type="button"
                          class="name"
                          title={`${other.name}\n${other.file}`}
                          onClick={() => onOpen(other.id)}
                        >
                          {other.name}
                        </button>
                      )}
                      {edge.caller === edge.callee && <small> recursive</small>}
                      {edge.line > 0 && (
                        <span class="place" title={`Called in ${caller.file} at line ${edge.line}`}>
                          <bdi>{`${baseName(caller.file)}:${edge.line}`}</bdi>
                        </span>
                      )}
                    </th>
                    <td>
                      <Count n={edge.calls} />
                    </td>
                    <td>
                      <Share of={clock === 'wall' && sumNs > 0 ? edge.totalWallNs / sumNs : 0}>
                        <Time ns={edge.totalWallNs} />
                      </Share>
                    </td>
                    {hasCpu && (
                      <td>
                        <Share of={clock === 'cpu' && sumNs > 0 ? (edge.totalCpuNs ?? 0) / sumNs : 0}>
                          <Time ns={edge.totalCpuNs} />
                        </Share>
                      </td>
                    )}
                    <td>
                      <Time ns={edge.selfWallNs} />
                    </td>
                    <td>
                      <Time ns={totalNs === null || edge.calls === 0 ? null : totalNs / edge.calls} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < edges.length && (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          {`Show all ${whole(edges.length)}`}
        </button>
      )}
      {cut > 0 && <p class="nothing">{`${whole(cut)} with less time ${cut === 1 ? 'is' : 'are'} not in this page.`}</p>}
    </section>
  );
}

function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1)!;
}

interface BreakdownProps {
  readonly title: string;
  readonly rows: readonly {
    readonly name: string;
    readonly row: ReturnType<typeof byThread>[number] | ReturnType<typeof byTag>[number];
  }[];
  readonly fn: FunctionStats;
  readonly hasCpu: boolean;
}

function Breakdown({ title, rows, fn, hasCpu }: BreakdownProps) {
  const sorted = [...rows].sort((a, b) => b.row.selfWallNs - a.row.selfWallNs || b.row.calls - a.row.calls);
  return (
    <section class={`breakdown ${title.toLowerCase()}`}>
      <h3>{title}</h3>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">{title === 'Tags' ? 'tag' : 'thread'}</th>
              <th scope="col">calls</th>
              <th scope="col">self wall</th>
              {hasCpu && <th scope="col">self cpu</th>}
              <th scope="col">total wall</th>
              {hasCpu && <th scope="col">total cpu</th>}
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ name, row }) => (
              <tr key={name}>
                <th scope="row">
                  <span class="name">{name}</span>
                </th>
                <td>
                  <Count n={row.calls} />
                </td>
                <td title={fn.selfWallNs > 0 ? percent(row.selfWallNs / fn.selfWallNs) : undefined}>
                  <Share of={fn.selfWallNs > 0 ? row.selfWallNs / fn.selfWallNs : 0}>
                    <Time ns={row.selfWallNs} />
                  </Share>
                </td>
                {hasCpu && (
                  <td>
                    <Time ns={row.selfCpuNs} />
                  </td>
                )}
                <td>
                  <Time ns={row.totalWallNs} />
                </td>
                {hasCpu && (
                  <td>
                    <Time ns={row.totalCpuNs} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
