// A worst case for awaits: three async functions, each waiting for the next, that do nothing else.
const TIMES = 20_000;

async function last(value) {
  return value;
}
async function middle(value) {
  return await last(value);
}
async function first(value) {
  return await middle(value);
}

exports.run = async () => {
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum += await first(i & 3);
  return sum;
};
exports.expected = (TIMES / 4) * 6; // 0 + 1 + 2 + 3
exports.calls = 1 + 3 * TIMES;
