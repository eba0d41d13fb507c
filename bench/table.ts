// Results as Markdown. Whatever is shown comes from the results alone, so that a JSON file gives the same tables again.
import { tablesOfPrograms } from './program-tables.ts';
import { table, whole, withQuartiles, withSpread } from './markdown.ts';
import type { Languages, Load, Results, Row, ServerResult, Slice, Start } from './results.ts';
import { medianWarm, quartilesOf, ratios, spreadOf } from './statistics.ts';
import {
  cpuARequest,
  firstOf,
  meansOfPrograms,
  meansOfServers,
  meansOfSlices,
  relative,
  startUpAdded,
  targetsOf,
} from './targets.ts';
import type { Mean } from './targets.ts';
import { MEANINGS } from './variants.ts';

export function render(results: Results): string {
  const { machine, date, node, v8, rounds, seconds } = results;
  const head = [
    `# What everycall ${results.everycall} costs, Node ${node}`,
    '',
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${machine.system}, V8 ${v8}.`,
    `Load average before ${machine.loadBefore.toFixed(2)}, after ${machine.loadAfter.toFixed(2)}.`,
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of processes of ${seconds} s, real programs twice and the pool six times that, which take turns; medians, with the smallest and the largest round in brackets.`,
    'A process counts as the median of its runs, the first third left out. Ratios are to the original of the same round.',
    '',
  ];
  const parts = [
    head,
    failures(results),
    tablesOfPrograms(results.programs),
    results.servers.flatMap(serverTable),
    startUpTable(results.startUp),
    tickerLines(results),
    languageTables(results.languages),
    meanTables(results),
    targetTable(results),
    meanings(results),
  ];
  return `${parts.flat().join('\n').trimEnd()}\n`;
}

function failures({ failures: all }: Results): string[] {
  return all.length === 0 ? [] : ['## Failed', '', ...all.map((line) => `* ${line}`), ''];
}

function serverTable({ server, connections, seconds, versions, rows, slices }: ServerResult): string[] {
  const perSecond = ({ requestsPerSecond }: Load) => requestsPerSecond;
  const p99 = ({ p99Ms }: Load) => p99Ms;
  const loads = rows.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return [variant, reason ?? ''];
    const of = (figure: (load: Load) => number, digits: number) => withSpread(spreadOf(rounds.map(figure)), digits);
    const toOriginal = (figure: (load: Load) => number, digits: number) => {
      const found = relative(rows, variant, figure);
      return found === null ? '' : withSpread(spreadOf(found), digits);
    };
    return [
      variant,
      of(perSecond, 0),
      toOriginal(perSecond, 3),
      of(p99, 1),
      toOriginal(p99, 2),
      of(cpuARequest, 1),
      toOriginal(cpuARequest, 3),
      of((load) => load.maxRssBytes / 1e6, 0),
      of((load) => load.loadedMs, 0),
    ];
  });
  const sliced = slices.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return [variant, reason ?? ''];
    const shown = [({ mainUs }: Slice) => mainUs, ({ processUs }: Slice) => processUs].flatMap((figure) => {
      const found = relative(slices, variant, figure);
      const toOriginal = found === null ? '' : withQuartiles(quartilesOf(found), 3);
      return [withQuartiles(quartilesOf(rounds.map(figure)), 1), toOriginal];
    });
    return [variant, ...shown];
  });
  const head = [
    '',
    'requests a second',
    '× original',
    'p99 ms',
    '× original',
    'CPU µs a request',
    '× original',
    'peak RSS MB',
    'ready after ms',
  ];
  return [
    `## ${server} ${versions[server] ?? ''}`.trimEnd(),
    '',
    `${connections} connections for ${seconds} s, after 1 s that does not count. CPU time is of all threads of the server.`,
    '',
    table(head, loads),
    '',
    'All servers up at once, a thousand requests to each in turn: CPU µs a request, medians and quartiles of the turns.',
    '',
    table(['', 'main thread', '× original', 'all threads', '× original'], sliced),
    '',
  ];
}

function startUpTable(startUp: readonly Row<Start>[]): string[] {
  if (startUp.length === 0) return [];
  const rows = startUp.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return [variant, reason ?? ''];
    const added = startUpAdded({ startUp }, variant);
    const of = (figure: (each: Start) => number) => withSpread(spreadOf(rounds.map(figure)), 1);
    return [
      variant,
      of((each) => each.wallMs),
      of((each) => each.cpuMs),
      of((each) => each.processMs),
      added === null ? '' : withSpread(spreadOf(added), 1),
    ];
  });
  return [
    '## Start-up of an empty program, warm cache',
    '',
    table(['', 'wall ms until loaded', 'CPU ms until loaded', 'ms from start to end', 'ms over Node'], rows),
    '',
  ];
}

function tickerLines({ ticker }: Results): string[] {
  if (ticker === null) return [];
  const shown =
    ticker.reason ??
    `${withSpread(spreadOf(ticker.shares.map((share) => share * 100)), 2)} % of one core, sampled, 1 ms`;
  return ['## Ticker', '', shown, ''];
}

function languageTables(languages: Languages | null): string[] {
  if (languages === null) return [];
  const rows = languages.kernels.flatMap(({ kernel, calls, rows: found }) =>
    found.map(({ language, variant, reason, rounds }) => {
      const first = [kernel, whole(calls), language, variant];
      if (rounds.length === 0) return [...first, reason ?? ''];
      const own = rounds.map(medianWarm);
      // Of each language the first one is without a profiler; a row may have fewer rounds than it.
      const plain = found.find((row) => row.language === language)!.rounds.map(medianWarm);
      const shown = withSpread(spreadOf(own.map((ns) => ns / 1e6)), 2);
      if (plain.length < own.length) return [...first, shown];
      const added = own.map((value, round) => (value - plain[round]) / calls);
      return [...first, shown, withSpread(spreadOf(ratios(own, plain)), 2), withSpread(spreadOf(added), 1)];
    }),
  );
  return [
    '## The same programs in Python',
    '',
    `${languages.python}; yappi ${languages.yappi}. Each × is to the same language without a profiler.`,
    '',
    table(['', 'calls', 'language', 'profiler', 'ms a run', '× plain', 'ns a call added'], rows),
    '',
  ];
}

function meanTables(results: Results): string[] {
  const tables: [string, Mean[]][] = [
    ['Geometric mean over the real programs', meansOfPrograms(results.programs)],
    ['Geometric mean over the real programs: the first run', meansOfPrograms(results.programs, () => firstOf)],
    ['Geometric mean over the servers: CPU time a request, in slices', meansOfSlices(results.servers)],
    ['Geometric mean over the servers: CPU time a request, process by process', meansOfServers(results.servers, 'cpu')],
    ['Geometric mean over the servers: time a request by throughput', meansOfServers(results.servers, 'throughput')],
  ];
  return tables.flatMap(([title, means]) => {
    if (means.length === 0) return [];
    const rows = means.map(({ variant, ratio, of }) => [variant, ratio.toFixed(3), String(of.length), of.join(', ')]);
    return [`## ${title}`, '', table(['', '× original', 'of', ''], rows), ''];
  });
}

function targetTable(results: Results): string[] {
  const rows = targetsOf(results).map(({ name, limit, unit, value }) => {
    const verdict = value === null ? 'not measured' : value <= limit ? 'met' : 'missed';
    return [name, `≤ ${limit} ${unit}`, value === null ? '' : String(Number(value.toFixed(3))), verdict];
  });
  return ['## Targets', '', table(['', 'target', 'median', ''], rows), ''];
}

function meanings({ programs, servers }: Results): string[] {
  const shown = new Set([...programs, ...servers].flatMap(({ rows }) => rows.map(({ variant }) => variant)));
  const lines = Object.entries(MEANINGS).flatMap(([name, meaning]) =>
    shown.has(name) ? [`* **${name}**: ${meaning}`] : [],
  );
  return lines.length === 0 ? [] : ['## Rows', '', ...lines, ''];
}
