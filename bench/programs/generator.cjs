// A worst case for generators: next() does nothing but count. One unit is one next().
const NEXTS = 1_000_000;

function* numbers() {
  for (let i = 0; i < NEXTS; i++) yield i;
}

exports.units = NEXTS;
exports.run = () => {
  let sum = 0;
  for (const n of numbers()) sum += n;
  return sum;
};
