// The handlers of the servers without the servers: some synchronous work, two awaits, one of them of several at once.
const immediate = () => new Promise((resolve) => setImmediate(resolve));

function score(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return sum;
}

async function find(id) {
  await immediate();
  return { id, score: score(`user ${id}`) };
}

function render(user, friends) {
  return { ...user, friends: friends.map((friend) => ({ ...friend, name: `friend ${friend.id}` })) };
}

async function userPage(id) {
  const user = await find(id);
  return render(user, await Promise.all([1, 2, 3, 4].map((n) => find(`${id}-${n}`))));
}

const REQUESTS = 20_000;
exports.units = REQUESTS;
exports.run = async () => {
  let sum = 0;
  for (let i = 0; i < REQUESTS; i += 16) {
    const pages = await Promise.all(Array.from({ length: 16 }, (_, n) => userPage(i + n)));
    for (const page of pages) sum += page.score;
  }
  return sum;
};
