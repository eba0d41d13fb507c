// The threads over the last minute: how busy each was, what it was doing, and when a function blocked it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Time, timeText, whole } from '../../exporters/html/page/format.tsx';
import type { LiveBlock, LiveThread, ThreadState } from '../frame.ts';
import { type Moment, TIMELINE_MS } from './timeline.ts';

export interface ThreadLanesProps {
  readonly threads: readonly LiveThread[];
  readonly moments: ReadonlyMap<number, readonly Moment[]>;
  readonly blocks: readonly LiveBlock[];
  readonly nowMs: number;
  readonly isDark: boolean;
  readonly hasCpu: boolean;
  /** `LiveThread.id` of the one that is shown alone; `null` for none. */
  readonly chosen: number | null;
  nameOf(fn: number): string;
  onChoose(thread: number | null): void;
}

/** Longer than a tick of the event loop should take. */
const WORTH_SAYING_NS = 100e6;

export function ThreadLanes(props: ThreadLanesProps) {
  const { threads, moments, blocks, nowMs, isDark, hasCpu, chosen, nameOf, onChoose } = props;
  return (
    <div class="thread-lanes">
      <ul class="lane-legend" aria-label="Colours">
        {(['running', 'awaiting', 'idle', 'blocked'] as const).map((name) => (
          <li key={name}>
            <span class={`swatch is-${name}`} aria-hidden="true" />
            {name === 'blocked' ? 'blocked for 50 ms or more' : name}
          </li>
        ))}
        <li class="lane-hint">height: CPU of one core · the last minute, now on the right</li>
      </ul>
      {threads.map((thread) => {
        const { id, name, threadId, state, blockedForNs, stack } = thread;
        const isBlocked = blockedForNs >= WORTH_SAYING_NS;
        const load = moments.get(id)?.at(-1)?.load ?? 0;
        const top = stack?.at(-1);
        return (
          <section class={state === 'ended' ? 'lane is-over' : 'lane'} key={id} aria-label={`Thread ${name}`}>
            <header>
              <button
                type="button"
                class="name"
                aria-pressed={id === chosen}
                title={id === chosen ? 'Show all threads again' : 'Show only its figures'}
                onClick={() => onChoose(id === chosen ? null : id)}
              >
                {name}
                {threadId > 0 && !name.includes(String(threadId)) ? ` #${threadId}` : ''}
              </button>
              <span class={isBlocked ? 'pill is-blocked' : `pill is-${state}`}>
                {isBlocked ? `blocked for ${timeText(Math.round(blockedForNs / 1e8) * 1e8)}` : state}
              </span>
              {top !== undefined && <span class="in-function">in {nameOf(top)}</span>}
              <span class="lane-figures">
                <span>{hasCpu ? `${Math.round(load * 100)}% cpu` : ''}</span>
                <span>{whole(thread.calls)} calls</span>
                {thread.cpuNs !== null && (
                  <span>
                    <Time ns={thread.cpuNs} />
                  </span>
                )}
              </span>
            </header>
            <Lane
              moments={moments.get(id) ?? []}
              blocks={blocks.filter((block) => block.thread === id)}
              nowMs={nowMs}
              isDark={isDark}
            />
          </section>
        );
      })}
    </div>
  );
}

const HEIGHT_PX = 46;
/** The line that says the state, below the load. */
const STATE_PX = 5;

interface LaneProps {
  readonly moments: readonly Moment[];
  readonly blocks: readonly LiveBlock[];
  readonly nowMs: number;
  readonly isDark: boolean;
}

function Lane({ moments, blocks, nowMs, isDark }: LaneProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [widthPx, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (widthPx > 0) paint(canvas.current!, widthPx, moments, blocks, nowMs);
  }, [widthPx, moments, blocks, nowMs, isDark]);
  return <canvas class="lane-canvas" ref={canvas} style={{ height: `${HEIGHT_PX}px` }} aria-hidden="true" />;
}

function paint(
  canvas: HTMLCanvasElement,
  widthPx: number,
  moments: readonly Moment[],
  blocks: readonly LiveBlock[],
  nowMs: number,
): void {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(widthPx * scale);
  canvas.height = Math.round(HEIGHT_PX * scale);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const color = (name: string) => style.getPropertyValue(name);
  const colors: Readonly<Record<ThreadState, string>> = {
    running: color('--running'),
    awaiting: color('--awaiting'),
    idle: color('--idle'),
    ended: 'transparent',
  };
  const x = (ms: number) => widthPx - ((nowMs - ms) / TIMELINE_MS) * widthPx;
  const loadPx = HEIGHT_PX - STATE_PX - 2;
  context.fillStyle = color('--lane');
  context.fillRect(0, 0, widthPx, loadPx);
  context.fillStyle = color('--line');
  for (let s = 10; s < 60; s += 10) context.fillRect(Math.round(x(nowMs - s * 1000)), 0, 1, loadPx);
  for (const { startedAtMs, durationNs } of blocks) {
    const from = x(startedAtMs);
    const width = Math.max(1.5, x(startedAtMs + durationNs / 1e6) - from);
    if (from + width < 0) continue;
    context.fillStyle = color('--blocked');
    context.globalAlpha = 0.28;
    context.fillRect(from, 0, width, loadPx);
    context.globalAlpha = 1;
    context.fillRect(from, 0, width, 2.5);
  }
  moments.forEach(({ atMs, state, load }, i) => {
    const before = moments[i - 1];
    if (before === undefined) return;
    const from = x(before.atMs);
    const width = x(atMs) - from + 0.4;
    context.fillStyle = colors.running;
    context.globalAlpha = 0.75;
    context.fillRect(from, loadPx - load * loadPx, width, load * loadPx);
    context.globalAlpha = 1;
    context.fillStyle = colors[state];
    context.fillRect(from, HEIGHT_PX - STATE_PX, width, STATE_PX);
  });
}
