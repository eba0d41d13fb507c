// Results as Markdown. Whatever is shown comes from the results alone, so that a JSON file gives the same tables again.
import { tablesOfPrograms } from './program-tables.ts';
import { cells, show } from './markdown.ts';
import type { Languages, Results, Row, ServerResult, Slice, Start } from './results.ts';
import { medianOf, medianWarm, quartilesOf, ratios, spreadOf } from './statistics.ts';
import { cpuARequest, meansOfPrograms, meansOfServers, meansOfSlices, relative, targetsOf } from './targets.ts';
import type { Mean } from './targets.ts';
import { MEANINGS } from './variants.ts';

export function render(results: Results): string {
  const { machine, date, node, v8, rounds, seconds } = results;
  const head = [
    `# What everycall ${results.everycall} costs, Node ${node}`,
    '',
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${machine.system}, V8 ${v8}.`,
    `Load average before ${machine.loadBefore.toFixed(2)}, after ${machine.loadAfter.toFixed(2)}.`,
    `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of processes of ${seconds} s that take turns; medians, with the smallest and the largest round in brackets.`,
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
  const relativeTo = (
    variant: string,
    digits: number,
    figure: Parameters<typeof relative<(typeof rows)[0]['rounds'][0]>>[2],
  ) => {
    const found = relative(rows, variant, figure);
    return found === null ? '' : show(spreadOf(found), digits);
  };
  const lines = rows.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return cells(variant, reason ?? '', ...Array<string>(7).fill(''));
    const of = (figure: (load: (typeof rounds)[0]) => number) => spreadOf(rounds.map(figure));
    return cells(
      variant,
      show(
        of((load) => load.requestsPerSecond),
        0,
      ),
      relativeTo(variant, 3, (load) => load.requestsPerSecond),
      show(
        of((load) => load.p99Ms),
        1,
      ),
      relativeTo(variant, 2, (load) => load.p99Ms),
      show(of(cpuARequest), 1),
      relativeTo(variant, 3, cpuARequest),
      show(
        of((load) => load.maxRssBytes / 1e6),
        0,
      ),
      show(
        of((load) => load.loadedMs),
        0,
      ),
    );
  });
  const quartered = (values: number[] | null, digits: number) =>
    values === null
      ? ''
      : `${medianOf(values).toFixed(digits)} (${quartilesOf(values)
          .map((value) => value.toFixed(digits))
          .join('–')})`;
  const sliced = slices.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return cells(variant, reason ?? '', '', '', '');
    const figures = [({ mainUs }: Slice) => mainUs, ({ processUs }: Slice) => processUs];
    const shown = figures.flatMap((figure) => [
      quartered(rounds.map(figure), 1),
      quartered(relative(slices, variant, figure), 3),
    ]);
    return cells(variant, ...shown);
  });
  return [
    `## ${server} ${versions[server] ?? ''}`.trimEnd(),
    '',
    `${connections} connections for ${seconds} s, after 1 s that does not count. CPU time is of all threads of the server.`,
    '',
    cells(
      '',
      'requests a second',
      '× original',
      'p99 ms',
      '× original',
      'CPU µs a request',
      '× original',
      'peak RSS MB',
      'ready after ms',
    ),
    cells(...Array<string>(9).fill('---')),
    ...lines,
    '',
    'All servers up at once, a thousand requests to each in turn: CPU µs a request, medians and quartiles of the turns.',
    '',
    cells('', 'main thread', '× original', 'all threads', '× original'),
    cells(...Array<string>(5).fill('---')),
    ...sliced,
    '',
  ];
}

function startUpTable(rows: readonly Row<Start>[]): string[] {
  if (rows.length === 0) return [];
  const nodes = rows[0].rounds;
  const lines = rows.map(({ variant, reason, rounds }) => {
    if (rounds.length === 0) return cells(variant, reason ?? '', '', '', '');
    const added = spreadOf(rounds.map(({ processMs }, i) => processMs - nodes[i].processMs));
    const of = (figure: (each: Start) => number) => show(spreadOf(rounds.map(figure)), 1);
    return cells(
      variant,
      of((each) => each.wallMs),
      of((each) => each.cpuMs),
      of((each) => each.processMs),
      show(added, 1),
    );
  });
  return [
    '## Start-up of an empty program, warm cache',
    '',
    cells('', 'wall ms until loaded', 'CPU ms until loaded', 'ms from start to end', 'ms over Node'),
    cells('---', '---', '---', '---', '---'),
    ...lines,
    '',
  ];
}

function tickerLines({ ticker }: Results): string[] {
  if (ticker === null) return [];
  const shown =
    ticker.reason ?? `${show(spreadOf(ticker.shares.map((share) => share * 100)), 2)} % of one core, sampled, 1 ms`;
  return ['## Ticker', '', shown, ''];
}

function languageTables(languages: Languages | null): string[] {
  if (languages === null) return [];
  const head = [
    '## The same programs in Python',
    '',
    `${languages.python}; yappi ${languages.yappi}. Each × is to the same language without a profiler.`,
    '',
    cells('', 'calls', 'language', 'profiler', 'ms a run', '× plain', 'ns a call added'),
    cells(...Array<string>(7).fill('---')),
  ];
  const lines = languages.kernels.flatMap(({ kernel, calls, rows }) =>
    rows.map(({ language, variant, reason, rounds }) => {
      const first = [kernel, calls.toLocaleString('en'), language, variant];
      if (rounds.length === 0) return cells(...first, reason ?? '', '', '');
      const own = rounds.map((runs) => medianWarm(runs));
      const plain = rows.find((row) => row.language === language)!.rounds.map((runs) => medianWarm(runs));
      const isComparable = plain.length === own.length;
      const added = own.map((value, round) => (value - plain[round]) / calls);
      return cells(
        ...first,
        show(spreadOf(own.map((ns) => ns / 1e6)), 2),
        isComparable ? show(spreadOf(ratios(own, plain)), 2) : '',
        isComparable ? show(spreadOf(added), 1) : '',
      );
    }),
  );
  return [...head, ...lines, ''];
}

function meanTables(results: Results): string[] {
  const tables: [string, Mean[]][] = [
    ['Geometric mean over the real programs', meansOfPrograms(results.programs)],
    ['Geometric mean over the servers: CPU time a request, in slices', meansOfSlices(results.servers)],
    ['Geometric mean over the servers: CPU time a request, process by process', meansOfServers(results.servers, 'cpu')],
    ['Geometric mean over the servers: time a request by throughput', meansOfServers(results.servers, 'throughput')],
  ];
  return tables.flatMap(([title, means]) => {
    if (means.length === 0) return [];
    const lines = means.map(({ variant, ratio, of }) =>
      cells(variant, ratio.toFixed(3), String(of.length), of.join(', ')),
    );
    return [`## ${title}`, '', cells('', '× original', 'of', ''), cells('---', '---', '---', '---'), ...lines, ''];
  });
}

function targetTable(results: Results): string[] {
  const lines = targetsOf(results).map(({ name, limit, unit, value }) => {
    const verdict = value === null ? 'not measured' : value <= limit ? 'met' : 'missed';
    return cells(name, `≤ ${limit} ${unit}`, value === null ? '' : String(Number(value.toFixed(3))), verdict);
  });
  return ['## Targets', '', cells('', 'target', 'median', ''), cells('---', '---', '---', '---'), ...lines, ''];
}

function meanings({ programs, servers }: Results): string[] {
  const shown = new Set([...programs, ...servers].flatMap(({ rows }) => rows.map(({ variant }) => variant)));
  const lines = Object.entries(MEANINGS).flatMap(([name, meaning]) =>
    shown.has(name) ? [`* **${name}**: ${meaning}`] : [],
  );
  return lines.length === 0 ? [] : ['## Rows', '', ...lines, ''];
}
