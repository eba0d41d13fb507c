// Requests written out by hand, for tests of what a monitor does with those that no honest client would send.
import { expect } from 'chai';
import { exchange } from './processes.ts';
import { type Served, TOKEN } from './served.ts';

/** The header of who may ask. */
export const GOOD = `Authorization: Bearer ${TOKEN}`;

export interface Reply {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** One request, line by line as it goes out; `Host` is right unless it is given. */
export async function send(served: Served, start: string, headers: readonly string[] = [], body = ''): Promise<Reply> {
  const { port } = served.target;
  const host = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: 127.0.0.1:${port}`];
  const text = await exchange(served.target, [`${start} HTTP/1.1`, ...host, ...headers, '', body].join('\r\n'));
  const [head, ...rest] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1] ?? 0), headers: head, body: rest.join('\r\n\r\n') };
}

export const get = (served: Served, url = '/v1/status', headers: readonly string[] = [GOOD]) =>
  send(served, `GET ${url}`, headers);

/** Of an answer that is an error. */
export const codeOf = ({ body }: Reply): string => (JSON.parse(body) as { error: { code: string } }).error.code;

/** Whatever was done to it, it answers. */
export async function expectAlive(served: Served): Promise<void> {
  expect((await get(served)).status).to.equal(200);
}
