// Programs whose split of time is known because it is written in them. `spend(us)` works for so many units, about 1 µs
// each; `until(ms)` keeps the thread busy up to a moment. Neither is instrumented: their time is that of the caller.
// Each program has a `round` and, for each function, what one round costs: [calls, units a call]. This file is instrumented.
'use strict';

module.exports = { split, tiny, below, above, aliased, recursion, nested, asynchronous, left, right };

/** Three functions of 60, 30 and 10 %, far shorter than a tick. */
function split({ spend }) {
  function most() { spend(60); } // prettier-ignore
  function some() { spend(30); } // prettier-ignore
  function least() { spend(10); } // prettier-ignore
  return {
    roundUs: 100,
    truth: { most: [1, 60], some: [1, 30], least: [1, 10] },
    round() {
      most();
      some();
      least();
    },
  };
}

/** What the hooks' cost shows most in: a tenth of the time in very many calls, the rest in one. */
function tiny({ spend }) {
  function many() { spend(0.02); } // prettier-ignore
  function one() { spend(900); } // prettier-ignore
  return {
    roundUs: 1000,
    truth: { many: [4000, 0.02], one: [1, 900] },
    round() {
      for (let i = 0; i < 4000; i++) many();
      one();
    },
  };
}

/** Calls a little shorter than a tick, taking turns with short ones. */
function below({ spend }) {
  function almostTick() { spend(930); } // prettier-ignore
  function afterAlmost() { spend(170); } // prettier-ignore
  return {
    roundUs: 1100,
    truth: { almostTick: [1, 930], afterAlmost: [1, 170] },
    round() {
      almostTick();
      afterAlmost();
    },
  };
}

/** … and a little longer. */
function above({ spend }) {
  function overTick() { spend(1070); } // prettier-ignore
  function afterOver() { spend(170); } // prettier-ignore
  return {
    roundUs: 1240,
    truth: { overTick: [1, 1070], afterOver: [1, 170] },
    round() {
      overTick();
      afterOver();
    },
  };
}

/** A loop of just a tick, in step with the clock on the wall: what samples at even distances can get quite wrong. */
function aliased({ until, now }) {
  let ms = 0;
  function early(at) { until(at); } // prettier-ignore
  function late(at) { until(at); } // prettier-ignore
  return {
    roundUs: 1000,
    onTheWall: true,
    truth: { early: [1, 300], late: [1, 700] },
    begin() {
      ms = Math.ceil(now()) + 1;
      until(ms);
    },
    round() {
      ms = Math.max(ms, now()); // held up by other processes, it does not run after the clock
      early(ms + 0.3);
      late(++ms);
    },
  };
}

/** Two functions that call each other 40 deep. */
function recursion({ spend }) {
  function down(n) {
    spend(1);
    if (n > 0) across(n - 1);
  }
  function across(n) {
    spend(3);
    if (n > 0) down(n - 1);
  }
  return { roundUs: 80, truth: { down: [20, 1], across: [20, 3] }, round: () => down(39) };
}

/** Each level calls the next one twice. */
function nested({ spend }) {
  function outer() {
    spend(10);
    middle();
    middle();
  }
  function middle() {
    spend(10);
    inner();
    inner();
  }
  function inner() { spend(17.5); } // prettier-ignore
  return { roundUs: 100, truth: { outer: [1, 10], middle: [2, 10], inner: [4, 17.5] }, round: () => outer() };
}

/** Work before and after an await, five activations at once. */
function asynchronous({ spend, pause }) {
  async function little() {
    spend(20);
    await pause();
    spend(20);
  }
  async function much() {
    spend(60);
    await pause();
    spend(60);
  }
  return {
    roundUs: 800,
    truth: { little: [5, 40], much: [5, 120] },
    round: () =>
      Promise.all([little(), much(), little(), much(), little(), much(), little(), much(), little(), much()]),
  };
}

/** Two threads, one running `left`, the other `right`. */
function left({ spend }) {
  function leftMost() { spend(80); } // prettier-ignore
  function leftLeast() { spend(20); } // prettier-ignore
  return {
    roundUs: 100,
    truth: { leftMost: [1, 80], leftLeast: [1, 20] },
    round() {
      leftMost();
      leftLeast();
    },
  };
}

function right({ spend }) {
  function rightMost() { spend(7); } // prettier-ignore
  function rightLeast() { spend(1); } // prettier-ignore
  return {
    roundUs: 8,
    truth: { rightMost: [1, 7], rightLeast: [1, 1] },
    round() {
      rightMost();
      rightLeast();
    },
  };
}
