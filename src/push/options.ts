// Where profiles are pushed to, how often, and under what name: from code, the command line or the environment.
import { badOption, is, isText, checkOptions, numberFrom, type OptionChecks, text } from '../option-checks.ts';

/** A server that takes profiles as Pyroscope does, at `/ingest`. */
export interface PushOptions {
  /** Of the server, such as `http://pyroscope:4040`; `/ingest` is added where it has no path. No password in it: see `token`. */
  readonly url: string;
  /** Time from one profile to the next, in ms, 1000 to 600,000. Default 10,000. */
  readonly everyMs?: number;
  /** Of the service. Default: the program's file without its extension. */
  readonly name?: string;
  /** Added to the name; of letters, digits and `_`, values without quotes, commas, braces and `=`. Default none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What the server asks for: sent as `Bearer`, or as `Basic` where it is `user:password`. Default none. */
  readonly token?: string;
  /** Tenant, sent as `X-Scope-OrgID`. Default none. */
  readonly tenant?: string;
  /** What one attempt may take, in ms, 100 to 60,000. Default 10,000. */
  readonly timeoutMs?: number;
}

const LABEL_NAME = /^[A-Za-z_]\w{0,63}$/;
const LABEL_VALUE = /^[^{}",=\\\r\n]{1,256}$/;
const HEADER = /^[\x21-\x7e]{1,1024}$/;

const CHECKS: OptionChecks<PushOptions> = {
  url: text('the URL of a server'),
  everyMs: numberFrom(1000, 600_000),
  name: is('a name of letters, digits, ., _ and -', (value) => isText(value) && /^[\w.-]{1,128}$/.test(value)),
  labels: is('an object of labels', isLabels),
  token: text('a text'),
  tenant: is('a text without spaces', (value) => isText(value) && HEADER.test(value)),
  timeoutMs: numberFrom(100, 60_000),
};

function isLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 32 &&
    entries.every(([key, text]) => LABEL_NAME.test(key) && typeof text === 'string' && LABEL_VALUE.test(text))
  );
}

/**
 * @param of what takes the options, as its user knows it
 * @throws EverycallError `bad-option`; never quotes a token or a URL with a password
 */
export function checkPushOptions(of: string, options: unknown): asserts options is PushOptions {
  const { token } = (typeof options === 'object' && options !== null ? options : {}) as Partial<PushOptions>;
  if (token !== undefined && !(isText(token) && HEADER.test(token))) {
    throw badOption(of, "'token' to be a text without spaces", 'something else');
  }
  const url = parsed((options as Partial<PushOptions> | null)?.url);
  if (url !== null && (url.username !== '' || url.password !== '')) {
    throw badOption(of, "'url' without user and password, which 'token' is for", 'one with them');
  }
  checkOptions(of, options, CHECKS);
  if (url !== null) return;
  const { url: given } = options as Partial<PushOptions>;
  // What has an @ may be a password.
  throw badOption(of, "'url' to be one of http: or https:", given?.includes('@') ? 'something else' : given);
}

function parsed(text: unknown): URL | null {
  if (typeof text !== 'string' || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

/**
 * What EVERYCALL_PUSH, EVERYCALL_PUSH_LABELS and EVERYCALL_PUSH_TOKEN ask for; `null` for nothing. Takes the token out of the
 * environment, so that neither the program nor what it starts finds it there.
 *
 * @param url in place of EVERYCALL_PUSH
 * @throws EverycallError `bad-option`
 */
export function pushOf(of: string, env: NodeJS.ProcessEnv, url = env['EVERYCALL_PUSH']): PushOptions | null {
  const token = env['EVERYCALL_PUSH_TOKEN'];
  delete env['EVERYCALL_PUSH_TOKEN'];
  if (url === undefined || url === '' || url === 'off' || url === '0') return null;
  const options = { url, ...namesOf(env['EVERYCALL_PUSH_LABELS'] ?? ''), ...(token && { token }) };
  checkPushOptions(of, options);
  return options;
}

/** `service_name=NAME,key=value,…` */
function namesOf(text: string): Pick<PushOptions, 'name' | 'labels'> {
  if (text === '') return {};
  const pairs = text.split(',').map((pair): [string, string] => {
    const [key, ...value] = pair.split('=');
    return [key.trim(), value.join('=').trim()];
  });
  const { service_name: name, ...labels } = Object.fromEntries(pairs);
  if (!isLabels(labels)) throw badOption('EVERYCALL_PUSH_LABELS', 'key=value,key=value', text);
  return { ...(name !== undefined && { name }), labels };
}
