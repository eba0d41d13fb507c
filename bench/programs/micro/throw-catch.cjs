// Every second call ends by throwing. A number is thrown, since an Error's stack trace would be most of the time.
const TIMES = 20_000;

function fail(code) {
  throw code;
}
function attempt(code) {
  try {
    fail(code);
  } catch (caught) {
    return caught;
  }
  return -1;
}

exports.run = () => {
  let sum = 0;
  for (let i = 0; i < TIMES; i++) sum += attempt(i & 1);
  return sum;
};
exports.expected = TIMES / 2;
exports.calls = 1 + 2 * TIMES;
