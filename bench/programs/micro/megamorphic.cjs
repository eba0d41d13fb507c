// One call site that calls sixteen functions in turn: V8 inlines none of them, and no caller's last callee is the next.
const TIMES = 100_000;

const callbacks = [
  (n) => n,
  (n) => n + 1,
  (n) => n + 2,
  (n) => n + 3,
  (n) => n + 4,
  (n) => n + 5,
  (n) => n + 6,
  (n) => n + 7,
  (n) => n + 8,
  (n) => n + 9,
  (n) => n + 10,
  (n) => n + 11,
  (n) => n + 12,
  (n) => n + 13,
  (n) => n + 14,
  (n) => n + 15,
];

function apply(callback, value) {
  return callback(value);
}

exports.run = () => {
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum += apply(callbacks[i & 15], 1);
  return sum;
};
exports.expected = TIMES + (TIMES / 16) * 120; // 0 + 1 + … + 15
exports.calls = 1 + 2 * TIMES;
