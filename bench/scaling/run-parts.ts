// Parts `lengths`, `threads` and `ticks`: ns a call against run length and threads, and ns a tick against depth.
import type { LengthCost } from './lengths.ts';
import type { Quartiles } from '../statistics.ts';
import { table, whole, withQuartiles } from '../markdown.ts';
import type { Part } from './parts.ts';
import { lineChart, pointOf } from './plot.ts';
import { REGIMES } from './regimes.ts';
import type { TickCost } from './ticks.ts';

export const lengths: Part = {
  name: 'lengths',
  run(measure, quick) {
    const data = REGIMES.map((regime) => ({
      regime,
      costs: measure<LengthCost[]>(
        'lengths',
        regime,
        quick ? [1e5, 1e10] : [1e5, 1e6, 1e7, 1e8, 1e9, 1e10],
        quick ? 1e5 : 1e8,
        quick ? 2 : 20,
      ),
    }));
    const rows = data[0].costs.map(({ calls, simulated, countsAreExact }, i) => [
      whole(calls),
      simulated ? 'counters, clock and ticks set' : 'all of them made',
      ...data.map(({ costs }) => withQuartiles(costs[i].hooksNs, 1)),
      countsAreExact && data[1].costs[i].countsAreExact ? 'yes' : 'NO',
    ]);
    const chart = lineChart({
      title: 'Cost of a call by how many have been made',
      xLabel: 'calls made before',
      yLabel: 'ns a call',
      lines: data.map(({ regime, costs }, color) => ({
        label: `${regime}: enter and exit`,
        color,
        points: costs.map((cost) => pointOf(cost.calls, cost.hooksNs)),
      })),
    });
    const head = ['calls before', 'how', ...REGIMES.map((regime) => `${regime}, ns a call`), 'counts exact'];
    return { data, text: `## Length of the run\n\n${table(head, rows)}`, charts: { 'lengths.svg': chart } };
  },
};

export const threads: Part = {
  name: 'threads',
  run(measure, quick) {
    const counts = quick ? [1, 2] : [1, 2, 4, 8, 16];
    const [warmUpMs, spanMs] = quick ? [50, 50] : [400, 400];
    const data = REGIMES.map((regime) => ({
      regime,
      costs: counts.map((count) => ({
        count,
        ns: measure<Quartiles>(
          'threads',
          count,
          regime,
          warmUpMs * Math.max(1, count / 2),
          spanMs * Math.max(1, count / 2),
        ),
      })),
    }));
    const rows = counts.map((count, i) => [String(count), ...data.map(({ costs }) => withQuartiles(costs[i].ns, 1))]);
    const chart = lineChart({
      title: 'Cost of a call by the number of threads',
      xLabel: 'threads that call all the time',
      yLabel: "ns of the thread's CPU time a call",
      lines: data.map(({ regime, costs }, color) => ({
        label: `${regime}, with the system's clock and the ticker`,
        color,
        points: costs.map(({ count, ns }) => pointOf(count, ns)),
      })),
    });
    const head = ['threads', ...REGIMES.map((regime) => `${regime}, ns a call (quartiles over the threads)`)];
    return { data, text: `## Threads\n\n${table(head, rows)}`, charts: { 'threads.svg': chart } };
  },
};

export const ticks: Part = {
  name: 'ticks',
  run(measure, quick) {
    const data = measure<TickCost[]>('ticks', quick ? [1, 100] : [1, 10, 100, 1000, 10_000], quick ? 2 : 30);
    const rows = data.map(({ depth, tickNs }) => [
      whole(depth),
      withQuartiles({ q1: tickNs.q1 / 1000, median: tickNs.median / 1000, q3: tickNs.q3 / 1000 }, 1),
      ((tickNs.median / 1e6) * 100).toFixed(2),
    ]);
    const head = ['frames', 'µs a tick', '% of a thread at 1 ms a tick'];
    return { data, text: `## A tick, by the depth of the stack\n\n${table(head, rows)}`, charts: {} };
  },
};
