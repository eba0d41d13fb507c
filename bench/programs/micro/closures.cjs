// A closure made and called once, over and over.
const TIMES = 100_000;

function adder(step) {
  return (value) => value + step;
}

exports.run = () => {
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum = adder(i & 7)(sum);
  return sum;
};
exports.expected = (TIMES / 8) * 28; // 0 + 1 + … + 7
exports.calls = 1 + 2 * TIMES;
