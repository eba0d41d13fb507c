// The handlers of the servers without the servers. What is shown a call is one request.
const { userPage } = require('../servers/application.cjs');

const AT_A_TIME = 16;
const REQUESTS = 125 * AT_A_TIME;

exports.run = async () => {
  let friends = 0;
  for (let i = 0; i < REQUESTS; i += AT_A_TIME) {
    const pages = await Promise.all(Array.from({ length: AT_A_TIME }, (_, n) => userPage(i + n)));
    for (const page of pages) friends += page.friends.length;
  }
  return friends;
};
exports.expected = 4 * REQUESTS;
// run, and its callback for each request; of each: userPage, a callback for each of four friends in it and in render,
// render itself, find and score five times each
exports.calls = 1 + REQUESTS * (1 + 1 + 4 + 4 + 1 + 5 + 5);
exports.units = REQUESTS;
