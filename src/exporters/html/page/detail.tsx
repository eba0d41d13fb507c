// All there is to know of one function: figures, durations, who called it and whom it called, threads and tags.
// Callers and callees have the figures of the edge: what this pair did, not what the other function did at large.
import { useEffect, useRef } from 'preact/hooks';
import type { EdgeStats, FunctionStats } from '../../../profile.ts';
import { byTag, byThread } from '../../../statistics/breakdown.ts';
import type { Clock } from '../../../statistics/columns.ts';
import { relativeError } from '../../figures.ts';
import { Breakdown } from './breakdown.tsx';
import { DetailHead } from './detail-head.tsx';
import { EdgeTable } from './edge-table.tsx';
import { Count, Time, whole } from './format.tsx';
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
      <DetailHead headingRef={heading} of={fn} place={place} hasBack={hasBack} onBack={onBack} onClose={onClose} />
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
