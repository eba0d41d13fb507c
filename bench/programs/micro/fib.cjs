// Recursion that does nothing else: the least work a call can have.
function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

exports.run = () => fib(25);
exports.expected = 75_025;
exports.calls = 1 + 242_785; // fib(n) makes 2 F(n + 1) - 1 calls, and F(26) is 121,393
