// An HTTP service for tests that look at it under load, and the load.
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

/** Answers at a port that it writes into the file it is given; one route in four calls what is slow without need. */
export const SERVICE = `
  const { createServer } = require('node:http');
  const { createHash } = require('node:crypto');

  const users = Array.from({ length: 200 }, (_, id) => ({ id, name: 'user ' + id, roles: ['a', 'b', 'c'].slice(id % 3) }));

  function parseQuery(url) { return Object.fromEntries(new URL(url, 'http://x').searchParams); }
  function isAllowed(user) { return user.roles.includes('c'); }
  function present(user) { return { ...user, label: label(user) }; }
  function label({ id, name }) { return name.toUpperCase() + '#' + id; }
  function list() { return users.filter(isAllowed).slice(0, 50).map(present); }
  function one({ id }) { return present(users[Number(id) % users.length]); }
  function digest(text) { return createHash('sha256').update(text).digest('hex'); }
  async function load(query) { await null; return one(query); }
  function plantedSlowFunction(rounds) {
    let text = 'invoice';
    for (let i = 0; i < rounds; i++) text = createHash('sha256').update(text).digest('hex');
    return text;
  }

  async function handle(request, response) {
    const query = parseQuery(request.url);
    let body;
    if (request.url.startsWith('/list')) body = list();
    else if (request.url.startsWith('/one')) body = await load(query);
    else if (request.url.startsWith('/digest')) body = digest(JSON.stringify(users));
    else body = plantedSlowFunction(400);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1', () => {
    require('node:fs').writeFileSync(process.argv[2], String(server.address().port));
    console.log('up');
  });
`;

const ROUTES = ['/list', '/one?id=7', '/digest', '/invoice'];

/** Asks all the time, over so many connections that are kept. */
export class Load {
  /** Answers so far. */
  answers = 0;
  failures = 0;
  readonly #agent: Agent;
  readonly #port: number;
  #isOver = false;
  readonly #workers: Promise<void>[];

  constructor(port: number, connections = 8) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#workers = Array.from({ length: connections }, (_, i) => this.#work(i));
  }

  async #work(i: number): Promise<void> {
    for (let turn = i; !this.#isOver; turn++) {
      if (await this.#ask(ROUTES[turn % ROUTES.length])) this.answers++;
      else this.failures++;
    }
  }

  #ask(path: string): Promise<boolean> {
    return new Promise((settle) => {
      const request = get({ host: '127.0.0.1', port: this.#port, path, agent: this.#agent }, (response) => {
        response.resume();
        response.on('end', () => settle(response.statusCode === 200));
        response.on('error', () => settle(false));
      });
      request.on('error', () => settle(false));
    });
  }

  /** Answers a second, over so long. */
  async rate(ms: number): Promise<number> {
    const [before, start] = [this.answers, performance.now()];
    await new Promise((settle) => setTimeout(settle, ms));
    return ((this.answers - before) / (performance.now() - start)) * 1000;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }
}
