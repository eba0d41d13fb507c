// /debug/pprof/: profiles at the addresses at which Go's net/http/pprof has them, for tools that pull from there.
import type { ServerResponse } from 'node:http';
import type * as Formats from '../exporters/formats.ts';
import type { Profile } from '../profile.ts';
import { FORMATS_FILE, requireOwn } from '../register/package-root.ts';
import { type Clock, CLOCKS } from '../statistics/columns.ts';
import { compensate } from '../statistics/compensate.ts';
import { answer, Refusal } from './answers.ts';
import type { MonitorContext } from './context.ts';
import { choiceOf, numberOf, takeOnly } from './query.ts';
import type { Exchange, Route } from './routes.ts';
import { beginRecording, beginSpan } from './span.ts';

const DEFAULT_SECONDS = 30;
const MOST_SECONDS = 300;
/** Profiles that are being waited for at a time; each holds a reading of all figures. */
const MOST_WAITING = 4;

/** Go has these, too; what they are of is nothing that is measured here. */
const OTHERS = ['allocs', 'block', 'goroutine', 'heap', 'mutex', 'symbol', 'threadcreate', 'trace'];

const INDEX = `/debug/pprof/

profile?seconds=N   calls, wall and CPU time of the next N seconds (${DEFAULT_SECONDS}; ${MOST_SECONDS} at most), recorded also while stopped; clock=wall|cpu
cmdline             command line of the process, with NUL between arguments
`;

export const PPROF_ROUTES: Readonly<Record<string, Route>> = {
  'GET /debug/pprof': { answer: answerIndex },
  'GET /debug/pprof/': { answer: answerIndex },
  'GET /debug/pprof/cmdline': {
    answer({ argv }, { response, query }) {
      takeOnly(query, []);
      answer(response, 200, [process.execPath, ...argv].join('\0'), { 'Content-Type': 'text/plain; charset=utf-8' });
    },
  },
  'GET /debug/pprof/profile': { answer: answerProfile },
  ...Object.fromEntries(
    OTHERS.map((name) => [
      `GET /debug/pprof/${name}`,
      {
        answer() {
          throw new Refusal(
            404,
            'not-found',
            `expected profile or cmdline: '${name}' is nothing that everycall measures`,
          );
        },
      },
    ]),
  ),
};

function answerIndex(_: MonitorContext, { response, query }: Exchange): void {
  takeOnly(query, []);
  answer(response, 200, INDEX, { 'Content-Type': 'text/plain; charset=utf-8' });
}

let waiting = 0;

async function answerProfile(context: MonitorContext, { response, query, extend }: Exchange): Promise<void> {
  takeOnly(query, ['seconds', 'clock']);
  const seconds = numberOf(query, 'seconds', 0, MOST_SECONDS) || DEFAULT_SECONDS; // 0 is as good as none, as in Go
  const hasCpu = context.reader.clock.cpuName !== null;
  const clock = choiceOf(query, 'clock', CLOCKS) ?? (hasCpu ? 'cpu' : 'wall');
  if (clock === 'cpu' && !hasCpu)
    throw new Refusal(400, 'bad-parameter', 'expected no CPU time: there is no clock for it');
  const debtMs = context.pace.debtMs();
  if (waiting >= MOST_WAITING || debtMs > 0) {
    throw new Refusal(
      429,
      'busy',
      `expected ${MOST_WAITING} profiles at a time at most, and a monitor with time for it`,
      {
        'Retry-After': String(Math.min(30, Math.max(1, Math.ceil(debtMs / 1000)))),
      },
    );
  }
  waiting++;
  try {
    extend(seconds * 1000);
    const end = beginSpan(context);
    const restore = beginRecording(context);
    try {
      await passed(seconds * 1000, response);
    } finally {
      restore();
    }
    if (response.destroyed) return;
    answer(response, 200, renderedPprof(end(), clock), {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment; filename="profile.pb.gz"',
    });
  } finally {
    waiting--;
  }
}

/** Without the hooks' cost. */
export function renderedPprof(profile: Profile, clock: Clock): Uint8Array {
  const { render } = requireOwn(FORMATS_FILE) as typeof Formats;
  const body = render(compensate(profile), 'pprof', { width: 120, color: false, cwd: process.cwd(), clock });
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Until then, or until nobody waits for the answer any more. */
function passed(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((settle) => {
    const timer = setTimeout(done, ms);
    response.once('close', done);
    function done(): void {
      clearTimeout(timer);
      response.off('close', done);
      settle();
    }
  });
}
