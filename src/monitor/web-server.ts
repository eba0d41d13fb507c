// What `everycall web` serves: the page, at a port of this machine, and behind it the monitor of one process, asked at its
// private socket. So the profiled process opens no port; this one lets in who has the token.
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { EverycallError } from '../errors.ts';
import { answer, answerRefusal, LARGEST_BODY_BYTES, Refusal } from './answers.ts';
import { checkRequest, checkToken, type Door } from './guard.ts';
import { LIVE_PAGE, LIVE_PAGE_HEADERS } from './live-page.ts';

export interface WebServer {
  /** With the token, behind `#`. */
  readonly address: string;
  close(): void;
}

const MOST_CONNECTIONS = 64;
/** Of an answer: what describes it, and not the connection. */
const HEADERS = ['content-type', 'content-length', 'content-security-policy', 'retry-after'];

/**
 * @param socketPath the private socket of the monitor
 * @param port 0 for any that is free
 * @throws EverycallError `unavailable` where the port is taken
 */
export async function serveWeb(socketPath: string, port = 0): Promise<WebServer> {
  const token = randomBytes(32).toString('base64url');
  const door: Door = { token, hosts: [], isRemote: false };
  const server: Server = createServer({ maxHeaderSize: 8 << 10 }, (request, response) => {
    response.on('error', () => {});
    try {
      checkRequest(request, door);
      if (request.method === 'GET' && request.url === '/') return answer(response, 200, LIVE_PAGE, LIVE_PAGE_HEADERS);
      checkToken(request, door);
      if (request.url!.startsWith('/v1/')) return relay(socketPath, request, response);
      throw new Refusal(404, 'not-found', 'expected / or a route of the monitor');
    } catch (error) {
      answerRefusal(response, error);
    }
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((settle, reject) => {
    server.once('error', (error) =>
      reject(new EverycallError('unavailable', `cannot listen at port ${port}: ${error.message}`, { cause: error })),
    );
    server.listen(port, '127.0.0.1', settle);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/#token=${token}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The same request to the monitor, and its answer as it comes. */
function relay(socketPath: string, request: IncomingMessage, response: ServerResponse): void {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES) {
    throw new Refusal(413, 'too-large', 'expected a body of 64 KiB at most');
  }
  const onward = ask({
    socketPath,
    path: request.url!,
    method: request.method!,
    agent: false,
    headers: {
      Host: 'localhost',
      ...(request.method === 'POST' && { 'Content-Type': 'application/json' }),
      ...(request.headers['content-length'] !== undefined && { 'Content-Length': request.headers['content-length'] }),
    },
  });
  onward.on('response', (from) => {
    const headers: Record<string, string> = {};
    for (const name of HEADERS) if (typeof from.headers[name] === 'string') headers[name] = from.headers[name];
    response.writeHead(from.statusCode!, { ...COMMON, ...headers });
    from.on('error', () => response.destroy());
    from.on('close', () => {
      if (!from.complete) response.destroy();
    });
    from.pipe(response);
  });
  onward.on('error', (error: NodeJS.ErrnoException) => {
    if (response.headersSent) return void response.destroy();
    const isGone = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
    answerRefusal(
      response,
      isGone
        ? new Refusal(502, 'gone', 'the process has ended')
        : new Refusal(502, 'unreachable', 'the monitor of the process does not answer'),
    );
  });
  response.on('close', () => onward.destroy());
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    if ((bytes += piece.length) > LARGEST_BODY_BYTES) request.destroy();
  });
  request.pipe(onward);
}

const COMMON = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
