# The micro programs of the same names, in Python: kernels.py KERNEL PROFILER SECONDS MIN_RUNS. Prints one line of JSON.
# The profiler, if any, is on from before the first run to after the last, as ours is. Exits with 3 for a wrong result.
import json
import sys
import time

sys.setrecursionlimit(10_000)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run_fib():
    return fib(25)


class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount
        return self

    def withdraw(self, amount):
        self.balance -= amount
        return self

    def current(self):
        return self.balance


def run_methods():
    account = Account()
    for _ in range(100_000):
        account.deposit(3).withdraw(1)
    return account.current()


def adder(step):
    return lambda value: value + step


def run_closures():
    total = 0
    for i in range(100_000):
        total = adder(i & 7)(total)
    return total


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def run_mutual_recursion():
    even = 0
    for _ in range(2_000):
        if is_even(100):
            even += 1
    return even


def descend(depth):
    return 0 if depth == 0 else 1 + descend(depth - 1)


def run_deep_stack():
    total = 0
    for _ in range(200):
        total += descend(1_000)
    return total


def numbers():
    for i in range(200_000):
        yield i & 1


def run_generator():
    total = 0
    for n in numbers():
        total += n
    return total


KERNELS = {
    "fib": (run_fib, 75_025),
    "methods": (run_methods, 200_000),
    "closures": (run_closures, 350_000),
    "mutual-recursion": (run_mutual_recursion, 2_000),
    "deep-stack": (run_deep_stack, 200_000),
    "generator": (run_generator, 100_000),
}


def start(profiler):
    if profiler == "cProfile":
        import cProfile

        cProfile.Profile().enable()
    elif profiler.startswith("yappi"):
        import yappi

        yappi.set_clock_type(profiler.split()[1])
        yappi.start()


def main():
    kernel, profiler, seconds, min_runs = sys.argv[1:]
    run, expected = KERNELS[kernel]
    start(profiler)
    wall_ns = []
    deadline = time.perf_counter() + float(seconds)
    while len(wall_ns) < int(min_runs) or time.perf_counter() < deadline:
        before = time.perf_counter_ns()
        value = run()
        wall_ns.append(time.perf_counter_ns() - before)
        if value != expected:
            print(f"Error: wrong result: expected {expected}, got {value}", file=sys.stderr)
            sys.exit(3)
    print(json.dumps({"wallNs": wall_ns}))


main()
