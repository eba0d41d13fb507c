// Parts `snapshots` and `reader`: what reading costs who reads and who is read. And `pauses`: the longest single events.
import { table, whole, withQuartiles } from '../markdown.ts';
import type { Part } from './parts.ts';
import type { Histogram } from './pauses.ts';
import { lineChart, pointOf } from './plot.ts';
import { REGIMES } from './regimes.ts';
import type { SnapshotCost } from './snapshots.ts';
import type { ReaderCost } from './threads.ts';

export const snapshots: Part = {
  name: 'snapshots',
  run(measure, quick) {
    const sizes = quick ? [10, 100] : [10, 100, 1000, 10_000, 90_000];
    const data = sizes.map((edges) => measure<SnapshotCost>('snapshots', edges, quick ? 12 : 40));
    const rows = data.map(({ edges, functions, firstMs, laterMs, laterCpuMs, edgesMs, edgesCpuMs }) => [
      whole(edges),
      whole(functions),
      firstMs.toFixed(1),
      withQuartiles(laterMs, 1),
      withQuartiles(laterCpuMs, 1),
      ((laterMs.median / edges) * 1e6).toFixed(0),
      withQuartiles(edgesMs, 1),
      withQuartiles(edgesCpuMs, 1),
    ]);
    const chart = lineChart({
      title: 'Time of a snapshot by its rows',
      xLabel: 'edges, a tenth as many functions',
      yLabel: 'ms',
      lines: [
        {
          label: 'eleventh and later ones of a process',
          color: 0,
          points: data.map(({ edges, laterMs }) => pointOf(edges, laterMs)),
        },
        {
          label: 'making the rows of its edges',
          color: 2,
          points: data.map(({ edges, edgesMs }) => pointOf(edges, edgesMs)),
        },
        { label: 'first one', color: 1, points: data.map(({ edges, firstMs }) => ({ x: edges, y: firstMs })) },
      ],
    });
    const head = [
      'edges',
      'functions',
      'first, ms',
      'later ones, ms',
      'CPU of the reader, ms',
      'ns an edge',
      'rows of its edges, ms',
      'their CPU, ms',
    ];
    return { data, text: `## Snapshots\n\n${table(head, rows)}`, charts: { 'snapshots.svg': chart } };
  },
};

export const reader: Part = {
  name: 'reader',
  run(measure, quick) {
    const sizes = quick ? [100] : [1000, 10_000];
    const data = sizes.map((edges) => measure<ReaderCost>('reader', edges, quick ? 1 : 12, quick ? 100 : 400));
    const rows = data.map(({ edges, alone, read, ratio, snapshots: taken }) => [
      whole(edges),
      withQuartiles(alone, 1),
      withQuartiles(read, 1),
      withQuartiles(ratio, 3),
      String(taken),
    ]);
    const head = ['edges', 'alone, ns of CPU a call', 'read 10 × a second', 'ratio of neighbouring spans', 'snapshots'];
    return { data, text: `## A thread that is being read\n\n${table(head, rows)}`, charts: {} };
  },
};

export const pauses: Part = {
  name: 'pauses',
  run(measure, quick) {
    const data = REGIMES.map((regime) => ({
      regime,
      histograms: measure<Histogram[]>('pauses', regime, quick ? 2000 : 1_000_000),
    }));
    const sections = data.map(({ regime, histograms }) => {
      const used = histograms[0].wall.map((_, i) => i).filter((i) => histograms.some(({ wall }) => wall[i] > 0));
      const rows = [
        ...used.map((i) => [
          `${whole(2 ** i)} ns`,
          ...histograms.map(({ wall }) => (wall[i] > 0 ? whole(wall[i]) : '')),
        ]),
        ['**over 50 µs wall**', ...histograms.map(({ longWall }) => whole(longWall))],
        ['**over 50 µs CPU**', ...histograms.map(({ longCpu }) => whole(longCpu))],
        ['longest, µs wall', ...histograms.map(({ longestWallNs }) => (longestWallNs / 1000).toFixed(0))],
        ['longest, µs CPU', ...histograms.map(({ longestCpuNs }) => (longestCpuNs / 1000).toFixed(0))],
      ];
      return `**${regime}**\n\n${table(['from', ...histograms.map(({ of }) => of)], rows)}`;
    });
    const chart = lineChart({
      title: 'Single calls by how long they took, sampled',
      xLabel: 'ns on the wall, both clock readings included',
      yLabel: 'calls',
      lines: data[0].histograms.map(({ of, wall }, color) => ({
        label: of,
        color,
        points: wall.map((count, i) => ({ x: 2 ** i, y: count })).filter(({ y }) => y > 0),
      })),
    });
    return { data, text: ['## The longest single call', ...sections].join('\n\n'), charts: { 'pauses.svg': chart } };
  },
};
