const fastify = require('fastify');
const { userPage } = require('./application.cjs');
const { serveOn, tagged } = require('./serving.cjs');

const app = fastify();
app.addHook('onRequest', (request, reply, done) => tagged('GET /users/:id', done));
app.get('/users/:id', async ({ params }) => userPage(params.id));
app.listen({ port: 0, host: '127.0.0.1' }).then(() => serveOn(app.server.address().port));
