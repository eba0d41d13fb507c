// One profile, split by route: each request runs under a tag with its method and the route's pattern. Try it:
//   npx everycall examples/express-tags.ts 400
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type RequestHandler } from 'express';
import { snapshot, withTag } from 'everycall';
import { fetchAll, printByTag } from './by-tag.ts';

/** A shared helper: it shows up once for each tag. */
function score(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum;
}

async function findUser(id: string): Promise<{ id: string; score: number }> {
  await sleep(2); // a database
  return { id, score: score(id) };
}

async function findFriends(id: string): Promise<{ id: string; score: number }[]> {
  return Promise.all([1, 2, 3].map((n) => findUser(`${id}${n}`)));
}

const app = express();

/** Runs everything that follows for the request under a tag: the route's pattern, not its URL, so that tags are few. */
const tagged =
  (pattern: string): RequestHandler =>
  (request, _response, next) =>
    withTag(`${request.method} ${pattern}`, next);

app.get('/users/:id', tagged('/users/:id'), async (request, response) => {
  response.json(await findUser(String(request.params.id)));
});
app.get('/users/:id/friends', tagged('/users/:id/friends'), async (request, response) => {
  response.json(await findFriends(String(request.params.id)));
});
app.get('/score/:text', tagged('/score/:text'), (request, response) => {
  response.json({ score: score(String(request.params.text).repeat(100)) });
});

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await fetchAll(origin, ['/users/7', '/users/8/friends', '/score/abc'], Number(process.argv[2] ?? 90));
server.close();
printByTag(snapshot());
