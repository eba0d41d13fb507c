// The catalogue of call forests with known answers: every function and every edge, every cell, in all three precisions.
// The tables are data from the catalogue, never computed. Columns: calls/primitiveCalls total self, in ticks.
import { expect } from 'chai';
import { parseForest } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS, cellsOf, parseCells } from '../support/driven-runtime.ts';
import { NOTHING_DROPPED } from '../support/profiles.ts';

const SCENARIOS: readonly [id: string, title: string, forest: string, table: string][] = [
  [
    'S01',
    'abcd',
    'a[1](b[2](c[2](d[1])))',
    `
    a 1/1 6 1
    b 1/1 5 2
    c 1/1 3 2
    d 1/1 1 1
    a→b 1/1 5 2
    b→c 1/1 3 2
    c→d 1/1 1 1
    `,
  ],
  [
    'S02',
    'abcadc',
    'a[1](b[2](c[4](a[1](d[2](c[5](a[5]))))))',
    `
    a 3/1 20 7
    b 1/1 19 2
    c 2/1 17 9
    d 1/1 12 2
    a→b 1/1 19 2
    a→d 1/1 12 2
    b→c 1/1 17 4
    c→a 2/0 13 6
    d→c 1/0 10 5
    `,
  ],
  [
    'S03',
    'dddd',
    'd[2](d[4](d[1](d[2])))',
    `
    d 4/1 9 9
    d→d 3/0 7 7
    `,
  ],
  [
    'S04',
    'abcabca',
    'a[1](b[2](c[4](a[2](b[2](c[3](a[6]))))))',
    `
    a 3/1 20 9
    b 2/1 19 4
    c 2/1 17 7
    a→b 2/1 19 4
    b→c 2/1 17 7
    c→a 2/0 13 8
    `,
  ],
  [
    'S06',
    'aabccb',
    'a[2](a[2](b[4](c[2](c[2](b[1])))))',
    `
    a 2/1 13 4
    b 2/1 9 5
    c 2/1 5 4
    a→a 1/0 11 2
    a→b 1/1 9 4
    b→c 1/1 5 2
    c→b 1/0 1 1
    c→c 1/0 3 2
    `,
  ],
  [
    'S08',
    'aabb',
    'a[3](a[1](b[4](b[5])))',
    `
    a 2/1 13 4
    b 2/1 9 9
    a→a 1/0 10 1
    a→b 1/1 9 4
    b→b 1/0 5 5
    `,
  ],
  [
    'S09',
    'abbb',
    'a[3](b[4](b[5](b[1])))',
    `
    a 1/1 13 3
    b 3/1 10 10
    a→b 1/1 10 4
    b→b 2/0 6 6
    `,
  ],
  [
    'S10',
    'aaab',
    'a[3](a[4](a[5](b[1])))',
    `
    a 3/1 13 12
    b 1/1 1 1
    a→a 2/0 10 9
    a→b 1/1 1 1
    `,
  ],
  [
    'S11',
    'abab',
    'a[3](b[4](a[5](b[1])))',
    `
    a 2/1 13 8
    b 2/1 10 5
    a→b 2/1 10 5
    b→a 1/0 6 5
    `,
  ],
  [
    'S12',
    'aabab',
    'a[1](a[2](b[2](a[1](b[9]))))',
    `
    a 3/1 15 4
    b 2/1 12 11
    a→a 1/0 14 2
    a→b 2/1 12 11
    b→a 1/0 10 1
    `,
  ],
  [
    'S14',
    'chain9',
    'a[1](b[2](c[2](d[1](e[2](f[1](g[1](h[4](i[1]))))))))',
    `
    a 1/1 15 1
    b 1/1 14 2
    c 1/1 12 2
    d 1/1 10 1
    e 1/1 9 2
    f 1/1 7 1
    g 1/1 6 1
    h 1/1 5 4
    i 1/1 1 1
    a→b 1/1 14 2
    b→c 1/1 12 2
    c→d 1/1 10 1
    d→e 1/1 9 2
    e→f 1/1 7 1
    f→g 1/1 6 1
    g→h 1/1 5 4
    h→i 1/1 1 1
    `,
  ],
  [
    'S15',
    'siblings',
    'a[1](b[3] c[1]) b[3] c[1]',
    `
    a 1/1 5 1
    b 2/2 6 6
    c 2/2 2 2
    a→b 1/1 3 3
    a→c 1/1 1 1
    `,
  ],
  [
    'S16',
    'diamond',
    'm[1](a[2](c[4] c[4]) b[3](c[4]) a[2](c[4] c[4])) m[1](a[2](c[4] c[4]) b[3](c[4]) a[2](c[4] c[4]))',
    `
    a 4/4 40 8
    b 2/2 14 6
    c 10/10 40 40
    m 2/2 56 2
    a→c 8/8 32 32
    b→c 2/2 8 8
    m→a 4/4 40 8
    m→b 2/2 14 6
    `,
  ],
  [
    'S18',
    'even/odd(10)',
    'even[3](odd[5](even[3](odd[5](even[3](odd[5](even[3](odd[5](even[3](odd[5](even[3]))))))))))',
    `
    even 6/1 43 18
    odd 5/1 40 25
    even→odd 5/1 40 25
    odd→even 5/0 35 15
    `,
  ],
  [
    'S19',
    'throw: spans end early',
    'top[11](mid[2](leaf[4]) leaf[5])',
    `
    leaf 2/2 9 9
    mid 1/1 6 2
    top 1/1 22 11
    mid→leaf 1/1 4 4
    top→leaf 1/1 5 5
    top→mid 1/1 6 2
    `,
  ],
  [
    'S20',
    'throw through 11 levels',
    'top[1](r[1](r[1](r[1](r[1](r[1](r[1](r[1](r[1](r[1](r[1](r[1])))))))))))',
    `
    r 11/1 11 11
    top 1/1 12 1
    r→r 10/0 10 10
    top→r 1/1 11 1
    `,
  ],
  [
    'S23',
    'sequential roots',
    'a[5] a[5] b[7] a[5]',
    `
    a 3/3 15 15
    b 1/1 7 7
    `,
  ],
  [
    'S24',
    'zero cost',
    'a[0](b[0](c[0])) a[0]',
    `
    a 2/2 0 0
    b 1/1 0 0
    c 1/1 0 0
    a→b 1/1 0 0
    b→c 1/1 0 0
    `,
  ],
];

const NAMES = ['even', 'odd', 'top', 'mid', 'leaf', 'fib', 'ack', 'move', 'm', 'r', ...'abcdefghi'];

for (const precision of PRECISIONS) {
  const driven = () => {
    const runtime = new DrivenRuntime({ precision, names: NAMES });
    runtime.start();
    return runtime;
  };
  const expectCells = (runtime: DrivenRuntime, table: string) => {
    const statistics = runtime.snapshot();
    expect(cellsOf(statistics), 'wall').to.deep.equal(parseCells(table));
    expect(cellsOf(statistics, { clock: 'cpu' }), 'CPU').to.deep.equal(parseCells(table));
    expect(statistics.dropped).to.deep.equal(NOTHING_DROPPED);
  };

  describe(`call forests with known answers, ${precision}`, () => {
    for (const [id, title, forest, table] of SCENARIOS) {
      it(`${id} ${title}, read while running and after stop`, () => {
        const runtime = driven();
        runtime.main.run(parseForest(forest));
        expectCells(runtime, table);
        runtime.stop();
        runtime.pass(100);
        expectCells(runtime, table);
      });
    }

    it('A25 fib(10) and fib(22): one row, one edge', () => {
      for (const [n, table] of [
        [10, 'fib 177/1 177 177\n fib→fib 176/0 176 176'],
        [22, 'fib 57313/1 57313 57313\n fib→fib 57312/0 57312 57312'],
      ] as const) {
        const runtime = driven();
        const fib: (n: number) => number = runtime.main.instrument('fib', 1, (i) =>
          i < 2 ? i : fib(i - 1) + fib(i - 2),
        );
        fib(n);
        expectCells(runtime, table);
      }
    });

    it('A26 ack(2,3)', () => {
      const runtime = driven();
      const ack: (m: number, n: number) => number = runtime.main.instrument('ack', 1, (m, n) =>
        m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)),
      );
      expect(ack(2, 3)).to.equal(9);
      expectCells(runtime, 'ack 44/1 44 44\n ack→ack 43/0 43 43');
    });

    it('A27 hanoi(4)', () => {
      const runtime = driven();
      const move = runtime.main.instrument('move', 2, () => {});
      const h: (n: number) => void = runtime.main.instrument('h', 1, (n) => {
        if (n === 0) return;
        h(n - 1);
        move();
        h(n - 1);
      });
      h(4);
      expectCells(
        runtime,
        `h 31/1 61 31
         move 15/15 30 30
         h→h 30/0 58 30
         h→move 15/15 30 30`,
      );
    });

    it('A29 isEven(10) and isOdd by turns', () => {
      const runtime = driven();
      const isEven: (n: number) => boolean = runtime.main.instrument('even', 0, (n) => n === 0 || isOdd(n - 1));
      const isOdd: (n: number) => boolean = runtime.main.instrument('odd', 0, (n) => n !== 0 && isEven(n - 1));
      expect(isEven(10)).to.be.true;
      expectCells(
        runtime,
        `even 6/1 0 0
         odd 5/1 0 0
         even→odd 5/1 0 0
         odd→even 5/0 0 0`,
      );
    });

    it('A30 the same forest twice doubles every cell', () => {
      const runtime = driven();
      const forest = parseForest('a[1](b[2](c[2](d[1](e[2](f[1](g[1](h[4](i[1]))))))))');
      runtime.main.run(forest);
      runtime.main.run(forest);
      expectCells(
        runtime,
        `a 2/2 30 2
         b 2/2 28 4
         c 2/2 24 4
         d 2/2 20 2
         e 2/2 18 4
         f 2/2 14 2
         g 2/2 12 2
         h 2/2 10 8
         i 2/2 2 2
         a→b 2/2 28 4
         b→c 2/2 24 4
         c→d 2/2 20 2
         d→e 2/2 18 4
         e→f 2/2 14 2
         f→g 2/2 12 2
         g→h 2/2 10 8
         h→i 2/2 2 2`,
      );
    });

    it('A31 two closures of one definition are one function', () => {
      const runtime = driven();
      const make = (n: number) => runtime.main.instrument('i', 1, () => n);
      expect([make(1)(), make(2)()]).to.deep.equal([1, 2]);
      expectCells(runtime, 'i 2/2 2 2');
    });

    it('A33 callbacks of built-ins have the calling function as caller', () => {
      const runtime = driven();
      let comparisons = 0;
      const compare = runtime.main.instrument('c', 1, (x: number, y: number) => {
        comparisons++;
        return x - y;
      });
      runtime.main.instrument('f', 5, () => [3, 1, 2].sort(compare))();
      const n = comparisons;
      expectCells(
        runtime,
        `f 1/1 ${5 + n} 5
         c ${n}/${n} ${n} ${n}
         f→c ${n}/${n} ${n} ${n}`,
      );
    });

    it('A34 total divided by calls is the average with recursion in the divisor', () => {
      for (const [forest, averages] of [
        ['a[3](b[4](a[5](b[1])))', { a: 6.5, b: 5 }],
        ['d[2](d[4](d[1](d[2])))', { d: 2.25 }],
      ] as const) {
        const runtime = driven();
        runtime.main.run(parseForest(forest));
        for (const [name, average] of Object.entries(averages)) {
          const { calls, totalWallNs } = runtime.snapshot().functions.find((fn) => fn.name === name)!;
          expect(totalWallNs / 1e6 / calls, name).to.equal(average);
        }
      }
    });

    it('C02 an exception through a: both calls complete', () => {
      const runtime = driven();
      const boom = runtime.main.instrument('b', 4, () => {
        throw new Error('boom');
      });
      expect(runtime.main.instrument('a', 6, boom)).to.throw('boom');
      expectCells(
        runtime,
        `a 1/1 10 6
         b 1/1 4 4
         a→b 1/1 4 4`,
      );
    });

    it('C03 a throw skips the rest of mid, and top goes on (S19 with real throws)', () => {
      const runtime = driven();
      let first = true;
      const leaf = runtime.main.instrument('leaf', 0, () => {
        runtime.pass(first ? 4 : 5);
        if (!first) return;
        first = false;
        throw new Error('leaf');
      });
      const mid = runtime.main.instrument('mid', 2, () => {
        leaf();
        runtime.pass(1000); // never reached
      });
      runtime.main.instrument('top', 1, () => {
        expect(mid).to.throw('leaf');
        runtime.pass(10);
        leaf();
      })();
      expectCells(
        runtime,
        `leaf 2/2 9 9
         mid 1/1 6 2
         top 1/1 22 11
         mid→leaf 1/1 4 4
         top→leaf 1/1 5 5
         top→mid 1/1 6 2`,
      );
    });

    it('C04 a throw through eleven levels (S20 with real throws)', () => {
      const runtime = driven();
      const r: (n: number) => void = runtime.main.instrument('r', 1, (n) => {
        if (n === 0) throw new Error('deep');
        r(n - 1);
      });
      runtime.main.instrument('top', 1, () => expect(() => r(10)).to.throw('deep'))();
      expectCells(
        runtime,
        `r 11/1 11 11
         top 1/1 12 1
         r→r 10/0 10 10
         top→r 1/1 11 1`,
      );
    });
  });
}

describe('the adaptive precision under test', () => {
  it('changes regime in the middle of the forests, or the tests above would prove nothing of it', () => {
    const runtime = new DrivenRuntime({ precision: 'adaptive', names: NAMES });
    runtime.start();
    runtime.main.run(parseForest(SCENARIOS.find(([id]) => id === 'S16')![2]));
    expect(runtime.snapshot().threads[0].regimeSwitches).to.be.above(3);
  });
});
