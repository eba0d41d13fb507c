// An empty function in a hot loop: V8 inlines it, so that as it is it costs nothing at all.
const TIMES = 300_000;

function leaf() {}

exports.run = () => {
  let i = 0;
  for (; i < TIMES; i++) leaf();
  return i;
};
exports.expected = TIMES;
exports.calls = 1 + TIMES;
