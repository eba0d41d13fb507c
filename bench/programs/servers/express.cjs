const express = require('express');
const { userPage } = require('./application.cjs');
const { serveOn, tagged } = require('./serving.cjs');

const app = express();
app.get(
  '/users/:id',
  (request, response, next) => tagged('GET /users/:id', next),
  async (request, response) => {
    response.json(await userPage(request.params.id));
  },
);
const server = app.listen(0, '127.0.0.1', () => serveOn(server.address().port));
