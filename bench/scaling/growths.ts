// Part `events`: ns a call against the number of functions, of callees, of callers, and the depth of the stack.
import type { EventCost } from './events.ts';
import { table, whole, withQuartiles } from '../markdown.ts';
import type { Part } from './parts.ts';
import { type Line, lineChart, pointOf } from './plot.ts';
import { type Regime, REGIMES } from './regimes.ts';
import { growthPerDecade } from '../statistics.ts';
import { SHAPES } from './tape.ts';

interface Measured {
  readonly shape: string;
  readonly of: string;
  readonly regime: Regime;
  readonly costs: readonly EventCost[];
}

export const growths: Part = {
  name: 'events',
  run(measure, quick) {
    const [rounds, largest] = quick ? [2, 100] : [25, 1e6];
    const data = SHAPES.flatMap(({ name, of }) =>
      REGIMES.map((regime): Measured => {
        const costs = measure<EventCost[]>('events', name, regime, rounds, largest);
        return { shape: name, of, regime, costs };
      }),
    );
    const charts = Object.fromEntries(
      SHAPES.map(({ name, of }) => [
        `events-${name}.svg`,
        chart(
          name,
          of,
          data.filter(({ shape }) => shape === name),
        ),
      ]),
    );
    return { data, text: ['## Cost of an event', ...data.map(section)].join('\n\n'), charts };
  },
};

function chart(name: string, of: string, measured: readonly Measured[]): string {
  const lines = measured.flatMap(({ regime, costs }, color): Line[] => [
    { label: `${regime}: enter and exit`, color, points: costs.map((c) => pointOf(c.size, c.hooksNs)) },
    {
      label: `${regime}: the same cache lines, without hooks`,
      color,
      dashed: true,
      points: costs.map((c) => pointOf(c.size, c.memoryNs)),
    },
  ]);
  return lineChart({ title: `Cost of a call: ${name}`, xLabel: of, yLabel: 'ns a call', lines });
}

function section({ shape, of, regime, costs }: Measured): string {
  const rows = costs.map(({ size, hooksNs, memoryNs, loopNs }) => [
    whole(size),
    withQuartiles(hooksNs, 1),
    withQuartiles(memoryNs, 1),
    loopNs.median.toFixed(1),
    (hooksNs.median - memoryNs.median).toFixed(1),
  ]);
  const growth = (of: (cost: EventCost) => number) =>
    growthPerDecade(costs.map((cost) => [cost.size, of(cost)] as const)).toFixed(1);
  const slopes = [
    `ns more for ten times as many: hooks ${growth((c) => c.hooksNs.median)}`,
    `memory ${growth((c) => c.memoryNs.median)}`,
    `difference ${growth((c) => c.hooksNs.median - c.memoryNs.median)}.`,
  ].join(', ');
  const head = [of, 'hooks, ns a call', 'the same memory, ns', 'loop alone, ns', 'hooks − memory, ns'];
  return [`**${shape}, ${regime}**`, table(head, rows), slopes].join('\n\n');
}
