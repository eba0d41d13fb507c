// How the monitor answers: headers that every answer has, JSON, and failures.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MonitorFailure } from './frame.ts';

/** What a handler throws to answer with a failure. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** For programs. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message for people: what was expected and what came; never anything secret */
  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** No other site may read, frame, guess the type of, or keep what the monitor says. */
const ALWAYS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** @param headers go before those that every answer has, such as a page's own Content-Security-Policy */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...ALWAYS, ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  answer(response, status, `${JSON.stringify(body)}\n`, { 'Content-Type': 'application/json; charset=utf-8' });
}

/** The beginning of an answer without an end; see events.ts. */
export function answerEvents(response: ServerResponse): void {
  response.writeHead(200, { ...ALWAYS, 'Content-Type': 'text/event-stream; charset=utf-8' });
}

export function answerRefusal(response: ServerResponse, error: unknown): void {
  const refusal =
    error instanceof Refusal ? error : new Refusal(500, 'internal', 'the monitor failed to answer this request');
  const body: MonitorFailure = { error: { code: refusal.code, message: refusal.message } };
  answer(response, refusal.status, `${JSON.stringify(body)}\n`, {
    'Content-Type': 'application/json; charset=utf-8',
    ...refusal.headers,
  });
}

/** More is no request that anyone means. */
export const LARGEST_BODY_BYTES = 64 << 10;

/** The JSON object that came with the request; an empty one if nothing did. Refuses what is too large or no object. */
export async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > LARGEST_BODY_BYTES) throw new Refusal(413, 'too-large', 'expected a body of 64 KiB at most');
    pieces.push(piece);
  }
  if (bytes === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'bad-body', 'expected a JSON object as the body');
  }
  return value as Record<string, unknown>;
}
