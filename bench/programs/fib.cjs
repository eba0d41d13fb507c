// Recursion that does nothing else: the least work a call can have.
function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

exports.run = () => fib(27);
