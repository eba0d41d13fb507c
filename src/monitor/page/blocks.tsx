// The event-loop blocks: when a function held its thread for 50 ms or more, which one, and for how long.
import { Share, Time, timeText, whole } from '../../exporters/html/page/format.tsx';
import { Empty } from '../../exporters/html/page/empty.tsx';
import type { LiveBlock } from '../frame.ts';

export interface BlocksProps {
  /** The newest first. */
  readonly blocks: readonly LiveBlock[];
  readonly nowMs: number;
  nameOf(fn: number): string;
  placeOf(fn: number): string;
  threadName(id: number): string;
  onOpen(fn: number): void;
}

export function Blocks({ blocks, nowMs, nameOf, placeOf, threadName, onOpen }: BlocksProps) {
  if (blocks.length === 0) {
    return (
      <Empty title="No blocks">
        No function has held its thread for 50 ms or more since this page looks. Here stands each that does, and for how
        long nothing else could run there.
      </Empty>
    );
  }
  const longestNs = blocks.reduce((most, { durationNs }) => Math.max(most, durationNs), 0);
  return (
    <div class="lanes blocks">
      <p class="lead">
        {whole(blocks.length)} {blocks.length === 1 ? 'block' : 'blocks'} since this page looks, the longest{' '}
        {timeText(longestNs)}. Meanwhile that thread did nothing else: no timer, no request.
      </p>
      <table aria-label="Event-loop blocks">
        <thead>
          <tr>
            <th scope="col">function that blocked</th>
            <th scope="col" class="fact">
              thread
            </th>
            <th scope="col">began</th>
            <th scope="col">for</th>
          </tr>
        </thead>
        <tbody>
          {blocks.map((block) => (
            <tr key={block.id} class={block.isOver ? undefined : 'is-going-on'}>
              <th scope="row">
                <button type="button" class="name" title={placeOf(block.fn)} onClick={() => onOpen(block.fn)}>
                  {nameOf(block.fn)}
                </button>
                <span class="in-function"> {placeOf(block.fn)}</span>
              </th>
              <td class="fact">{threadName(block.thread)}</td>
              <td>{ago(nowMs - block.startedAtMs)}</td>
              <td>
                <Share of={block.durationNs / longestNs}>
                  {!block.isOver && <span class="pill is-blocked">goes on</span>}
                  <Time ns={block.durationNs} />
                </Share>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`;
}
