// One HTTP server of the monitor, with bounds on what a client may make it do: connections at a time, time until a request
// is complete and until its answer is taken, sizes, and one request a connection. All that a client can send ends in one of
// these, in an answer, or in a closed connection.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { EverycallError } from '../errors.ts';
import { answerRefusal, Refusal } from './answers.ts';
import type { MonitorContext } from './context.ts';
import { checkRequest, checkToken, type Door } from './guard.ts';
import { findRoute } from './routes.ts';

export interface Limits {
  /** Connections at a time, at each server. The oldest that has not asked for anything yet makes room for a new one. */
  readonly connections: number;
  /** From the connection to the end of the request, however slowly it comes. */
  readonly requestMs: number;
  /** From there until the answer is taken. Events have a bound of their own. */
  readonly answerMs: number;
}

const LIMITS: Limits = { connections: 32, requestMs: 5000, answerMs: 30_000 };
const LARGEST_HEADERS_BYTES = 8 << 10;
const MOST_HEADERS = 64;
/** Large answers that are held for clients at a time. */
const MOST_LARGE_ANSWERS = 2;
const NEVER_MS = 0x7fffffff;

interface Connection {
  readonly socket: Socket;
  timer: NodeJS.Timeout;
  hasAsked: boolean;
  isStream: boolean;
}

/** @param onClient is told of each connection that opens (1) or closes (-1) */
export function createMonitorServer(
  context: MonitorContext,
  door: Door,
  onClient: (change: 1 | -1) => void,
  limits = LIMITS,
): Server {
  const connections = new Map<Socket, Connection>();
  const server = createServer(
    {
      maxHeaderSize: LARGEST_HEADERS_BYTES,
      // Node's own bounds are looked after by a timer that also runs when nobody is there; ours are per connection.
      connectionsCheckingInterval: NEVER_MS,
      headersTimeout: 0,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      insecureHTTPParser: false,
    },
    (request, response) => void serve(request, response),
  );
  server.maxHeadersCount = MOST_HEADERS;
  server.maxRequestsPerSocket = 1;
  server.on('dropRequest', (_, socket) => socket.destroy());
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => void serve(request, response));
  server.on('connection', (socket: Socket) => {
    context.pace.slowDown();
    if (connections.size >= limits.connections) {
      const oldest = [...connections.values()].find(({ hasAsked }) => !hasAsked);
      if (oldest === undefined) return socket.destroy();
      connections.delete(oldest.socket);
      oldest.socket.destroy();
    }
    const timer = setTimeout(() => socket.destroy(), limits.requestMs);
    const connection: Connection = { socket, timer, hasAsked: false, isStream: false };
    connections.set(socket, connection);
    onClient(1);
    socket.on('error', () => {}); // it is closed then
    socket.once('close', () => {
      clearTimeout(connection.timer);
      connections.delete(socket);
      onClient(-1);
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.get(request.socket);
    if (connection === undefined) return void request.socket.destroy();
    const { socket } = connection;
    response.shouldKeepAlive = false; // one request a connection
    response.on('error', () => {});
    request.on('error', () => {});
    let { answerMs } = limits;
    const boundAnswer = (): void => {
      clearTimeout(connection.timer);
      if (!connection.isStream) connection.timer = setTimeout(() => socket.destroy(), answerMs);
    };
    request.once('end', () => {
      connection.hasAsked = true;
      boundAnswer();
    });
    const extend = (ms: number): void => {
      answerMs += ms;
      if (connection.hasAsked) boundAnswer();
    };
    try {
      checkRequest(request, door);
      const { route, query } = findRoute(request);
      if (route.isPublic !== true) checkToken(request, door);
      if (route.isLarge === true) boundLarge(context, response);
      if (request.method === 'GET') request.resume(); // a body of it means nothing
      await route.answer(context, { request, response, query, door, extend });
      if (route.isStream !== true) return;
      connection.isStream = true; // from here on events.ts sees to it
      clearTimeout(connection.timer);
    } catch (error) {
      answerRefusal(response, asRefusal(error));
      // What is still being sent is not waited for.
      response.once('finish', () => setTimeout(() => socket.destroy(), 100));
    }
  }
  return server;
}

function asRefusal(error: unknown): unknown {
  return error instanceof EverycallError ? new Refusal(400, error.code, error.message) : error;
}

/** @throws Refusal where too many such answers are under way, or the share of the processor is used up */
function boundLarge(context: MonitorContext, response: ServerResponse): void {
  const debtMs = context.pace.debtMs();
  if (debtMs > 0 || context.largeAnswers >= MOST_LARGE_ANSWERS) {
    const seconds = Math.min(30, Math.max(1, Math.ceil(debtMs / 1000)));
    throw new Refusal(429, 'busy', 'the monitor has done much of late; try again', { 'Retry-After': String(seconds) });
  }
  context.largeAnswers++;
  response.once('close', () => context.largeAnswers--);
}
