// A thousand calls on top of each other, again and again: the whole stack is written and left each time.
const DEPTH = 1_000;
const TIMES = 200;

function descend(depth) {
  return depth === 0 ? 0 : 1 + descend(depth - 1);
}

exports.run = () => {
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum += descend(DEPTH);
  return sum;
};
exports.expected = DEPTH * TIMES;
exports.calls = 1 + TIMES * (DEPTH + 1);
