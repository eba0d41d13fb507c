// Two functions that call each other: every call has another function as its caller.
const DEPTH = 100;
const TIMES = 2_000;

function isEven(n) {
  return n === 0 ? true : isOdd(n - 1);
}
function isOdd(n) {
  return n === 0 ? false : isEven(n - 1);
}

exports.run = () => {
  let even = 0;
  for (let i = 0; i < TIMES; i++) if (isEven(DEPTH)) even++;
  return even;
};
exports.expected = TIMES;
exports.calls = 1 + TIMES * (DEPTH + 1);
