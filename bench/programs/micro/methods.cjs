// Methods of one object that change a field of it.
const TIMES = 100_000;

class Account {
  constructor() {
    this.balance = 0;
  }
  deposit(amount) {
    this.balance += amount;
    return this;
  }
  withdraw(amount) {
    this.balance -= amount;
    return this;
  }
  current() {
    return this.balance;
  }
}

exports.run = () => {
  const account = new Account();
  for (let i = 0; i < TIMES; i++) account.deposit(3).withdraw(1);
  return account.current();
};
exports.expected = 2 * TIMES;
exports.calls = 1 + 1 + 2 * TIMES + 1; // run, constructor, the two in the loop, current
