// The routes: one table of what a monitor can be asked.
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  changeSession,
  clearFigures,
  clearTagFigures,
  isRunning,
  startSession,
  stopSession,
} from '../../runtime/control.ts';
import { CONTROL, BUILTINS_ALL, BUILTINS_OFF, BUILTINS_WITHOUT_EXEC } from '../../runtime/layout.ts';
import { checkOptions } from '../option-checks.ts';
import { checkClearOptions, checkStartOptions, START_CHECKS, type StartOptions } from '../options.ts';
import { EVERYCALL_VERSION } from '../version.ts';
import { answerJson, bodyOf, Refusal } from './answers.ts';
import { ensureCalibrated } from './calibration.ts';
import type { MonitorContext } from './context.ts';
import { answerEdges } from './edges-route.ts';
import type { MonitorStatus } from './frame.ts';
import { PROTOCOL_VERSION } from './frame.ts';
import type { Door } from './guard.ts';
import { precisionOf } from './live.ts';
import { answerMetrics } from './metrics-route.ts';
import { PPROF_ROUTES } from './pprof-routes.ts';
import { answerPage } from './page-route.ts';
import { numberOf, shown, takeOnly } from './query.ts';
import { answerSnapshot } from './snapshot-route.ts';

/** One request, past the guard. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly door: Door;
  /** The answer may come this much later than answers have to. To be called before anything is waited for. */
  extend(ms: number): void;
}

export interface Route {
  /** Answers, or throws a Refusal. */
  answer(context: MonitorContext, exchange: Exchange): void | Promise<void>;
  /** Needs no token: for what says nothing of the program, such as a page. Default false. */
  readonly isPublic?: boolean;
  /** Makes much work or a long answer: refused while the monitor's share of the processor is used up. Default false. */
  readonly isLarge?: boolean;
  /** Has no end of its own. Default false. */
  readonly isStream?: boolean;
}

/** By method and path. */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /': { answer: answerPage, isPublic: true },
  'GET /v1/status': {
    answer(context, { response, query, door }) {
      takeOnly(query, []);
      answerJson(response, statusOf(context, door));
    },
  },
  'POST /v1/start': {
    async answer(context, { request, response, query, door }) {
      takeOnly(query, []);
      const options = startOptionsOf(await bodyOf(request));
      const { arena, clock } = context.reader;
      if (!isRunning(arena)) ensureCalibrated(arena);
      startSession(arena, context.owner, clock.wallNs, options);
      answerJson(response, statusOf(context, door));
    },
  },
  'POST /v1/stop': {
    async answer(context, { request, response, query, door }) {
      takeOnly(query, []);
      takeNothing(await bodyOf(request));
      stopSession(context.reader.arena, context.owner, context.reader.clock.wallNs);
      answerJson(response, statusOf(context, door));
    },
  },
  'POST /v1/clear': {
    async answer(context, { request, response, query, door }) {
      takeOnly(query, []);
      const options: unknown = await bodyOf(request);
      checkClearOptions(options);
      const { arena, clock } = context.reader;
      if (options?.tag === undefined) clearFigures(arena, context.owner, clock.wallNs);
      else clearTagFigures(arena, context.owner, options.tag);
      answerJson(response, statusOf(context, door));
    },
  },
  'POST /v1/settings': {
    async answer(context, { request, response, query, door }) {
      takeOnly(query, []);
      const body = await bodyOf(request);
      checkOptions('settings', body, { precision: START_CHECKS.precision, overhead: START_CHECKS.overhead });
      if (!changeSession(context.reader.arena, context.owner, body)) {
        throw new Refusal(409, 'not-running', 'settings are those of a session, and none is running: start with them');
      }
      answerJson(response, statusOf(context, door));
    },
  },
  'GET /metrics': { answer: answerMetrics, isLarge: true },
  ...PPROF_ROUTES,
  'GET /v1/edges': { answer: answerEdges, isLarge: true },
  'GET /v1/snapshot': { answer: answerSnapshot, isLarge: true },
  'GET /v1/events': {
    isStream: true,
    answer({ events }, { response, query }) {
      takeOnly(query, ['hz', 'limit', 'thread', 'stacks']);
      const hz = numberOf(query, 'hz', 0.1, 20) ?? 4;
      const limit = numberOf(query, 'limit', 1, 1e6) ?? Infinity;
      const thread = numberOf(query, 'thread', 0, 0x7fffffff) ?? null;
      const hasStacks = numberOf(query, 'stacks', 0, 1) === 1;
      events.subscribe(response, 1000 / hz, { limit: Math.floor(limit), thread, hasStacks });
    },
  },
};

/**
 * The route that a request asks for.
 *
 * @throws Refusal 404 for an unknown path, 405 for the wrong method
 */
export function findRoute(request: IncomingMessage): { readonly route: Route; readonly query: URLSearchParams } {
  // Not resolved: `..` and the like are parts of a path that there is not.
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  const name = `${request.method} ${path}`;
  if (Object.hasOwn(ROUTES, name)) return { route: ROUTES[name], query: new URLSearchParams(query) };
  const other = request.method === 'GET' ? 'POST' : 'GET';
  if (Object.hasOwn(ROUTES, `${other} ${path}`)) {
    throw new Refusal(405, 'bad-method', `expected ${other}`, { Allow: other });
  }
  const known = Object.keys(ROUTES).filter((each) => !each.includes('/pprof/')); // which has an index of its own
  throw new Refusal(404, 'not-found', `expected one of ${known.join(', ')}`);
}

// ── what comes with a request ──────────────────────────────────────────────────────────────────────────────────────

function takeNothing(body: Record<string, unknown>): void {
  const [name] = Object.keys(body);
  if (name !== undefined) throw new Refusal(400, 'bad-option', `expected no options, got '${shown(name)}'`);
}

function startOptionsOf(body: unknown): Parameters<typeof startSession>[3] {
  checkStartOptions(body);
  const { precision, overhead, tickMs, threads, maxTags, builtins, monitor, push }: StartOptions = body ?? {};
  // There is no thread that asks.
  if (threads === 'current') throw new Refusal(400, 'bad-option', "expected 'threads' to be 'all'");
  if (monitor !== undefined) throw new Refusal(400, 'bad-option', "expected no 'monitor': it is there");
  // Whoever may look at the process may not make it send things elsewhere.
  if (push !== undefined) throw new Refusal(400, 'bad-option', "expected no 'push': the program says where to");
  return {
    precision: precision ?? 'adaptive',
    overhead: overhead ?? 0.03,
    tickMs: tickMs ?? 1,
    onlyThread: null,
    builtins: builtins === true ? BUILTINS_ALL : builtins === 'without-exec' ? BUILTINS_WITHOUT_EXEC : BUILTINS_OFF,
    ...(maxTags !== undefined && { maxTags }),
  };
}

function statusOf(context: MonitorContext, door: Door): MonitorStatus {
  const { reader, live, events, argv, http } = context;
  const { I, F } = reader.arena;
  live.read();
  const startedAtMs = F[CONTROL.startedAtMs];
  return {
    protocol: PROTOCOL_VERSION,
    everycallVersion: EVERYCALL_VERSION,
    nodeVersion: process.version,
    pid: process.pid,
    argv,
    cwd: process.cwd(),
    startedAtMs,
    uptimeMs: Date.now() - startedAtMs,
    isRunning: reader.isRunning(),
    precision: precisionOf(reader),
    overhead: F[CONTROL.overhead],
    tickMs: F[CONTROL.tickNs] / 1e6,
    epoch: live.epoch,
    threads: live.threads.map(({ stack: _, ...thread }) => thread),
    functionCount: I[CONTROL.siteCount],
    subscribers: events.subscribers,
    http: http === null ? null : door.token === null ? http : { host: http.host, port: http.port },
  };
}
