// As express-tags.ts, with Fastify: a hook tags each request, so that the routes need not know. Try it:
//   npx everycall examples/fastify-tags.ts 400
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
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

const app = fastify();

// `done` goes on with the request, so all of it runs under the tag. The route's pattern, not its URL: tags are few then.
app.addHook('onRequest', (request, _reply, done) => {
  withTag(`${request.method} ${request.routeOptions.url ?? '(no route)'}`, done);
});

app.get<{ Params: { id: string } }>('/users/:id', async ({ params }) => findUser(params.id));
app.get<{ Params: { id: string } }>('/users/:id/friends', async ({ params }) => {
  const friends = [];
  for (const n of [1, 2, 3]) friends.push(await findUser(`${params.id}${n}`));
  return friends;
});
app.get<{ Params: { text: string } }>('/score/:text', ({ params }, reply) => {
  void reply.send({ score: score(params.text.repeat(100)) });
});

const origin = await app.listen({ port: 0, host: '127.0.0.1' });
await fetchAll(origin, ['/users/7', '/users/8/friends', '/score/abc'], Number(process.argv[2] ?? 90));
await app.close();
printByTag(snapshot());
