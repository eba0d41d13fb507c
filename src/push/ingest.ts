// One profile to one server, once: https://grafana.com/docs/pyroscope/latest/reference-server-api/ (POST /ingest).
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { randomBytes } from 'node:crypto';
import type { PushOptions } from './options.ts';

export interface PushedProfile {
  /** Of pprof, gzipped. */
  readonly body: Uint8Array;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * `taken`; or why not, and whether it may be taken later: what the server or the way to it lacks may come back, what it finds
 * wrong with the profile stays wrong. Names neither paths nor what was sent along.
 */
export type Outcome =
  | { readonly taken: true }
  | { readonly taken: false; readonly mayRetry: boolean; readonly reason: string; readonly afterMs?: number };

const DEFAULT_TIMEOUT_MS = 10_000;

/** What the profile's sample types are to Pyroscope. */
const SAMPLE_TYPES = JSON.stringify(
  Object.fromEntries(
    [
      ['wall', 'nanoseconds'],
      ['cpu', 'nanoseconds'],
      ['calls', 'count'],
    ].map(([type, units]) => [
      type,
      { units, 'display-name': type, aggregation: 'sum', cumulative: false, sampled: false },
    ]),
  ),
);

/** @param name of the service where the options have none */
export function ingestUrl(options: PushOptions, { fromMs, untilMs }: PushedProfile, name: string): URL {
  const url = new URL(options.url);
  if (url.pathname === '/') url.pathname = '/ingest';
  const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  url.searchParams.set('name', `${options.name ?? name}{${labels.join(',')}}`);
  url.searchParams.set('from', String(Math.floor(fromMs / 1000)));
  url.searchParams.set('until', String(Math.ceil(untilMs / 1000)));
  url.searchParams.set('format', 'pprof');
  url.searchParams.set('spyName', 'everycall');
  return url;
}

/** Resolves always, within the time that the options give. Follows no redirect: the token is for this server. */
export function ingest(options: PushOptions, profile: PushedProfile, name: string): Promise<Outcome> {
  const { token, tenant, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const boundary = `everycall-${randomBytes(12).toString('hex')}`;
  const body = formOf(profile.body, boundary);
  return new Promise((settle) => {
    const done = (outcome: Outcome): void => {
      clearTimeout(timer);
      settle(outcome);
      request.destroy();
    };
    const fail = (reason: string): void => done({ taken: false, mayRetry: true, reason });
    const url = ingestUrl(options, profile, name);
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: false,
      maxHeaderSize: 16 << 10,
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': body.length,
        ...(token !== undefined && { Authorization: authorization(token) }),
        ...(tenant !== undefined && { 'X-Scope-OrgID': tenant }),
      },
    });
    const timer = setTimeout(() => fail(`no answer in ${timeoutMs / 1000} s`), timeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'connection failed'));
    request.on('response', ({ statusCode = 0, headers }) => {
      // What it says beside is not read.
      if (statusCode >= 200 && statusCode < 300) return done({ taken: true });
      const mayRetry = statusCode >= 500 || statusCode === 408 || statusCode === 429;
      const seconds = Number(headers['retry-after']);
      done({
        taken: false,
        mayRetry,
        reason: `answer ${statusCode}`,
        ...(seconds > 0 && { afterMs: seconds * 1000 }),
      });
    });
    request.end(body);
  });
}

function authorization(token: string): string {
  return token.includes(':') ? `Basic ${Buffer.from(token).toString('base64')}` : `Bearer ${token}`;
}

function formOf(profile: Uint8Array, boundary: string): Buffer {
  const part = (name: string, type: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(part('profile', 'application/octet-stream')),
    profile,
    Buffer.from(`\r\n${part('sample_type_config', 'application/json')}${SAMPLE_TYPES}\r\n--${boundary}--\r\n`),
  ]);
}
