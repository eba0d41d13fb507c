// How long calls took, as bars: durations from left to right on a logarithmic scale, numbers of calls upwards.
import type { FunctionStats } from '../../../profile.ts';
import { percentileNs, timedCalls } from '../../../statistics/durations.ts';
import { timeText, whole } from './format.tsx';

const WIDTH = 400;
const HEIGHT = 110;
const MARKS = [0.5, 0.9, 0.99];

export function Histogram({ fn }: { readonly fn: Pick<FunctionStats, 'durations' | 'maxTotalNs' | 'calls'> }) {
  const { durations } = fn;
  if (durations.length === 0) return null;
  const timed = timedCalls(fn);
  // Nothing on a logarithmic scale is at 0.
  const log = (ns: number) => Math.log(Math.max(ns, 0.5));
  const [left, right] = [log(durations[0].fromNs), log(durations.at(-1)!.toNs)];
  const x = (ns: number) => (right > left ? ((log(ns) - left) / (right - left)) * WIDTH : 0);
  // Buckets are of unequal width: the area of a bar says how many calls.
  const heights = durations.map(({ fromNs, toNs, calls }) => calls / Math.max(1e-9, log(toNs) - log(fromNs)));
  const highest = Math.max(...heights);
  const marks = MARKS.map((share) => ({ name: `p${share * 100}`, ns: percentileNs(fn, share)! }));
  const summary = marks.map(({ name, ns }) => `${name} ${timeText(ns)}`).join(', ');
  return (
    <figure class="histogram">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Durations of ${whole(timed)} calls: ${summary}`}>
        {durations.map(({ fromNs, toNs, calls }, i) => {
          const height = Math.max(1.5, (heights[i] / highest) * (HEIGHT - 6));
          return (
            <rect
              key={fromNs}
              x={x(fromNs)}
              y={HEIGHT - height}
              width={Math.max(1, x(toNs) - x(fromNs) - 0.6)}
              height={height}
            >
              <title>{`${timeText(fromNs)} to ${timeText(toNs)}: ${whole(calls)} calls`}</title>
            </rect>
          );
        })}
        {marks.map(({ name, ns }) => (
          <line key={name} x1={x(ns)} x2={x(ns)} y1={0} y2={HEIGHT} />
        ))}
      </svg>
      <div class="scale">
        <span>{timeText(durations[0].fromNs)}</span>
        <span>{timeText(durations.at(-1)!.toNs)}</span>
      </div>
      <figcaption>
        {summary}
        {fn.maxTotalNs > 0 && `, longest ${timeText(fn.maxTotalNs)}`}
        {timed < fn.calls && ` (of the ${whole(timed)} calls that were timed exactly, of ${whole(fn.calls)})`}
      </figcaption>
    </figure>
  );
}
