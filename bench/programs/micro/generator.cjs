// A worst case for generators: next() does nothing but count. What is shown a call is one next().
const NEXTS = 200_000;

function* numbers() {
  for (let i = 0; i < NEXTS; i++) yield i & 1;
}

exports.run = () => {
  let sum = 0;
  for (const n of numbers()) sum += n;
  return sum;
};
exports.expected = NEXTS / 2;
exports.calls = 2; // a generator is entered once, however often it goes on
exports.units = NEXTS;
