// The handlers of both servers: some synchronous work, two awaits, one of them of several things at once.
const { setImmediate } = require('node:timers/promises');

function score(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum;
}

async function find(id) {
  await setImmediate();
  return { id, score: score(`user ${id}`) };
}

function render(user, friends) {
  return { ...user, friends: friends.map((friend) => ({ ...friend, name: `friend ${friend.id}` })) };
}

exports.userPage = async function userPage(id) {
  const user = await find(id);
  return render(user, await Promise.all([1, 2, 3, 4].map((n) => find(`${id}-${n}`))));
};
