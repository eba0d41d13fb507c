// What the dialogs say: the keys, and the formats to save.
import { FORMAT_IDS, type FormatId } from '../../exporters/format-names.ts';
import { type KeyList, Keys } from '../../exporters/html/page/dialog.tsx';

/** What a file of each format is called, and what it is for. */
const FORMATS: Readonly<Record<FormatId, readonly [ending: string, what: string]>> = {
  html: ['html', 'the whole report as one page'],
  json: ['json', 'all figures, for everycall report, diff and check'],
  speedscope: ['speedscope.json', 'speedscope.app'],
  cpuprofile: ['cpuprofile', 'DevTools of Chrome, VS Code'],
  pprof: ['pb.gz', 'go tool pprof, Pyroscope, Parca'],
  callgrind: ['callgrind', 'KCachegrind, QCachegrind'],
  collapsed: ['collapsed', 'flamegraph.pl and its like'],
  'trace-event': ['trace.json', 'Perfetto'],
  pstats: ['pstats', "Python's pstats, snakeviz, gprof2dot"],
  table: ['txt', 'the table that everycall prints'],
  markdown: ['md', 'a table for issues and pull requests'],
  csv: ['csv', 'spreadsheets'],
};

/** The most useful first. */
const ORDER = Object.keys(FORMATS) as FormatId[];

export interface SaveProps {
  readonly pid: number;
  /** `LiveThread.id`; `null` for all. */
  readonly thread: number | null;
  readonly threadName: string;
  onSave(path: string, name: string): void;
}

export function Save({ pid, thread, threadName, onSave }: SaveProps) {
  const time = () => new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return (
    <>
      <p>
        The profile at this moment{thread === null ? '' : `, of ${threadName} alone`}, whole: since the last clear, mark
        or not.
      </p>
      <ul class="formats">
        {ORDER.filter((format) => FORMAT_IDS.includes(format)).map((format) => {
          const [ending, what] = FORMATS[format];
          const path = `/v1/snapshot?format=${format}${thread === null ? '' : `&thread=${thread}`}`;
          return (
            <li key={format}>
              <button type="button" onClick={() => onSave(path, `everycall-${pid}-${time()}.${ending}`)}>
                <b>{format}</b>
                <span>{what}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

const KEYS: KeyList = [
  ['t  f', 'functions, flame graph'],
  ['p  b  g', 'threads, blocks, tags'],
  ['/', 'search names and files'],
  ['m', 'mark: figures from now on; again: all figures'],
  ['Space', 'pause and go on'],
  ['s', 'start or stop profiling'],
  ['x', 'clear all figures'],
  ['w', 'save the profile'],
  ['c', 'wall or CPU time'],
  ['↑ ↓  j k', 'walk through functions or frames'],
  ['Enter', 'details of a function; zoom into a frame'],
  ['d', 'details of a frame'],
  ['< >  r', 'sort by the column beside; reverse'],
  ['Esc', 'back: leave the search, the details, the zoom'],
  ['?', 'this help'],
];

export function Help() {
  return (
    <>
      <Keys keys={KEYS} />
      <p>
        <strong>Self</strong> is time without callees, <strong>total</strong> with them. <strong>Self now</strong> is of
        the last second: 100% is one thread that did nothing else. A <strong>mark</strong> shows what happens from then
        on; nothing is lost by it. Pausing stops this page, not the program.
      </p>
    </>
  );
}
