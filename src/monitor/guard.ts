// Who is let in. The private socket is protected by the file system; what comes by TCP needs the token. Both refuse what a
// browser sends on behalf of a page that is not ours, since `ssh -L` makes a TCP port of a socket.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from './answers.ts';

/** Where a request came in. */
export interface Door {
  /** What has to be shown; `null` for the private socket. */
  readonly token: string | null;
  /** Names, beside loopback addresses, that the Host header may have. */
  readonly hosts: readonly string[];
  /** Whether other machines may come: then any address, but no other name, is a good Host. */
  readonly isRemote: boolean;
}

/** The longest address of a request, with its query. */
const LONGEST_URL = 4096;

/**
 * Checks what needs no look at the route.
 *
 * @throws Refusal
 */
export function checkRequest(request: IncomingMessage, door: Door): void {
  const { method = '', url = '', headers } = request;
  if (url.length > LONGEST_URL)
    throw new Refusal(414, 'too-long', `expected a URL of ${LONGEST_URL} characters at most`);
  if (method !== 'GET' && method !== 'POST') {
    throw new Refusal(405, 'bad-method', 'expected GET or POST', { Allow: 'GET, POST' });
  }
  checkHost(headers.host, door);
  checkOrigin(request);
  if (method === 'POST' && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    // What a form or a simple fetch of another site can send is never JSON.
    throw new Refusal(415, 'bad-type', 'expected Content-Type: application/json');
  }
}

/**
 * @throws Refusal 401 without the token; what is wrong with it is not said
 */
export function checkToken(request: IncomingMessage, { token }: Door): void {
  if (token === null || isToken(tokenOf(request.headers.authorization), token)) return;
  throw new Refusal(401, 'unauthorized', 'expected the token, as Authorization: Bearer TOKEN', {
    'WWW-Authenticate': 'Bearer realm="everycall"',
  });
}

/** `Bearer TOKEN`; or `Basic` with the token as the password, for tools that take it from a URL, such as `go tool pprof`. */
function tokenOf(authorization = ''): string {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  const credentials = Buffer.from(value, 'base64').toString('utf8');
  const colon = credentials.indexOf(':');
  return colon < 0 ? '' : credentials.slice(colon + 1);
}

/** In a time that does not depend on where they differ, nor on their lengths. */
export function isToken(given: string, token: string): boolean {
  const [a, b] = [given, token].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

/** A name that anyone can make point to 127.0.0.1 is no name of ours: closes DNS rebinding. */
function checkHost(host: string | undefined, { hosts, isRemote }: Door): void {
  const name = hostnameOf(host ?? '');
  if (isLoopbackName(name) || hosts.includes(name) || (isRemote && isIP(name) !== 0)) return;
  throw new Refusal(421, 'bad-host', 'expected the address of the monitor as Host');
}

/** `localhost:80` → `localhost`, `[::1]:80` → `::1`. */
function hostnameOf(host: string): string {
  const [, v6, name] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name ?? '').toLowerCase();
}

export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** Browsers say where a request comes from; other programs do not. */
function checkOrigin({ headers, method, url }: IncomingMessage): void {
  const { origin } = headers;
  // Somebody who follows a link to the page: it says nothing, and may not be in a frame.
  if (method === 'GET' && url === '/' && headers['sec-fetch-dest'] === 'document') return;
  const site = headers['sec-fetch-site'];
  const isOwn = origin === undefined || origin === `http://${headers.host}`;
  const isFromPage = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (isOwn && !isFromPage) return;
  throw new Refusal(403, 'bad-origin', 'expected a request of the page that the monitor serves');
}
