import express from 'express';
import { profiling, reportCpu, userPage } from './application.mjs';

const tagged = await profiling();
const app = express();
app.get(
  '/users/:id',
  (request, response, next) => tagged('GET /users/:id', next),
  async (request, response) => {
    response.json(await userPage(request.params.id));
  },
);
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
reportCpu();
