// How the monitor is asked for: by an option of `start()`, by the command line, or by environment variables. All come to
// the same settings here.
import { isIP } from 'node:net';
import { badOption, checkOptions, FLAG, is, isTexts, isWhole } from '../option-checks.ts';
import type { OptionChecks } from '../option-checks.ts';

/** Where a monitor listens beside its private socket. */
export interface MonitorHttpOptions {
  /** 0, the default, takes any that is free. Where another process has the port, any free one is taken, too. */
  readonly port?: number;
  /** Address to listen at. Default 127.0.0.1. One that is no loopback address needs `allowRemote` and a `token`. */
  readonly host?: string;
  /** Let other machines come, over a connection that is not encrypted. Default false. */
  readonly allowRemote?: boolean;
  /** What clients must show, 16 characters or more. Default: a new random one. */
  readonly token?: string;
  /** Names, beside loopback and IP addresses, by which clients may call this machine. */
  readonly hosts?: readonly string[];
}

/** What a monitor is asked for: its private socket, and HTTP if that is asked for, too. */
export interface MonitorOptions {
  /** Also listen for HTTP: `true` at any free port, a number at that one. Default false. */
  readonly http?: boolean | number | MonitorHttpOptions;
}

const SHORTEST_TOKEN = 16;

const HTTP_CHECKS: OptionChecks<MonitorHttpOptions> = {
  port: is('a port, 0 to 65535', (value) => isWhole(value, 0, 65535)),
  host: is(
    'an IP address or localhost',
    (value) => typeof value === 'string' && (value === 'localhost' || isIP(value) !== 0),
  ),
  allowRemote: FLAG,
  token: is(`a text of ${SHORTEST_TOKEN} to 256 letters, digits, - or _`, (value) => isTokenText(value)),
  hosts: is('a list of host names', isTexts),
};

function isTokenText(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]+$/.test(value) && value.length >= SHORTEST_TOKEN && value.length <= 256;
}

const isHttp = (value: unknown): boolean =>
  typeof value === 'boolean' || isWhole(value, 0, 65535) || (typeof value === 'object' && value !== null);

const CHECKS: OptionChecks<MonitorOptions> = {
  http: is('true, false, a port or an object of options', isHttp),
};

/**
 * @param of what takes the options, as its user knows it
 * @throws EverycallError `bad-option`; never quotes a token
 */
export function checkMonitorOptions(of: string, options: unknown): asserts options is boolean | MonitorOptions {
  if (typeof options === 'boolean') return;
  checkOptions(of, options, CHECKS);
  const { http } = options as MonitorOptions;
  if (typeof http !== 'object') return;
  if (http.token !== undefined && !isTokenText(http.token)) {
    throw badOption(of, `'token' to be ${HTTP_CHECKS.token.expected}`, 'something else');
  }
  checkOptions(of, http, HTTP_CHECKS);
  const { host, allowRemote, token } = http;
  if (host === undefined || isLoopback(host)) return;
  if (allowRemote !== true) throw badOption(of, "'allowRemote' with a host that other machines can reach", host);
  if (token === undefined) throw badOption(of, "a 'token' with a host that other machines can reach", 'none');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** The HTTP options with nothing but the token left open; `null` for none. */
export function httpOf(options: boolean | MonitorOptions): MonitorHttpOptions | null {
  const http = typeof options === 'boolean' ? false : (options.http ?? false);
  if (http === false) return null;
  if (http === true) return {};
  return typeof http === 'number' ? { port: http } : http;
}

/**
 * `[HOST:]PORT`, as the command line and EVERYCALL_MONITOR take it; `null` if it is none. An IPv6 address stands in brackets.
 */
export function parseHttpAddress(text: string): Pick<MonitorHttpOptions, 'host' | 'port'> | null {
  const [, v6, v4, port] = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const host = v6 ?? v4;
  if (port === undefined || Number(port) > 65535) return null;
  if (host !== undefined && host !== 'localhost' && isIP(host) === 0) return null;
  return { port: Number(port), ...(host !== undefined && { host }) };
}
