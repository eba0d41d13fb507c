import fastify from 'fastify';
import { profiling, reportCpu, userPage } from './application.mjs';

const tagged = await profiling();
const app = fastify();
app.addHook('onRequest', (request, reply, done) => tagged('GET /users/:id', done));
app.get('/users/:id', async ({ params }) => userPage(params.id));
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(app.server.address().port);
reportCpu();
