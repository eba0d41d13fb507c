// A worst case for awaits: an async function that waits for a value and does nothing else.
async function wait(value) {
  return await value;
}

exports.run = async () => {
  let sum = 0;
  for (let i = 0; i < 200_000; i++) sum += await wait(i);
  return sum;
};
