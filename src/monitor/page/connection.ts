// Speaks with the monitor: frames as they come, requests, files to save. The token comes behind `#` in the page's address,
// which no browser sends, and goes in a header: EventSource could not do that, so events are read from a fetch.
import type { Frame, MonitorFailure, MonitorStatus } from '../frame.ts';

/** `connecting` before the first frame, `lost` while it is tried again, `ended` when the process is no more. */
export type Link = 'connecting' | 'live' | 'lost' | 'refused' | 'ended';

export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
const RETRY_MS = 1000;
/** How often what is busy is asked again. */
const MOST_ATTEMPTS = 6;
/** The code of the answer of `everycall web` where the process is gone. */
const GONE = 'gone';

async function send(path: string, body?: object, signal?: AbortSignal): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(token !== '' && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
      cache: 'no-store',
    });
    if (response.ok) return response;
    if (response.status !== 429 || attempt === MOST_ATTEMPTS) throw await refusalOf(response);
    await delay(Number(response.headers.get('retry-after') ?? 1) * 1000);
  }
}

async function refusalOf(response: Response): Promise<Refused> {
  try {
    const { error } = (await response.json()) as MonitorFailure;
    return new Refused(response.status === 401 ? 'unauthorized' : error.code, error.message);
  } catch {
    return new Refused('unknown', `answer ${response.status}`);
  }
}

const delay = (ms: number): Promise<void> => new Promise((settle) => setTimeout(settle, ms));

/** @throws Refused, or TypeError where nobody answers */
export async function askJson<T>(path: string, body?: object, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, body, signal)).json()) as T;
}

export const askStatus = (): Promise<MonitorStatus> => askJson('/v1/status');

/** Has the browser save what the monitor answers. */
export async function save(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await (await send(path)).blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Subscribes, and again whenever the connection is lost, until the process has ended or the signal comes.
 *
 * @param path with its parameters
 * @param onLink told of every change, and why it was lost or refused
 */
export async function follow(
  path: string,
  onFrame: (frame: Frame) => void,
  onLink: (link: Link, why: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await send(path, undefined, signal);
      for await (const frame of framesOf(response.body!)) {
        if (signal.aborted) return;
        onFrame(frame);
        if (frame.gone === true) return onLink('ended', '');
        onLink('live', '');
      }
      onLink('lost', 'the connection was closed');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.code === GONE) return onLink('ended', '');
      if (error instanceof Refused && error.code === 'unauthorized') return onLink('refused', error.message);
      onLink('lost', error instanceof Refused ? error.message : 'nobody answers');
    }
    await delay(RETRY_MS);
  }
}

/** Server-sent events with a frame each. */
async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = events.pop()!;
    for (const event of events) if (event.startsWith('data: ')) yield JSON.parse(event.slice(6)) as Frame;
  }
}
