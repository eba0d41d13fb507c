// Start, stop, clear and read at any point of a call stack: what was recorded stays right, what is open shows with its
// time so far, reading changes nothing. Named cases first, then random programs against the reference profiler.
import { expect } from 'chai';
import fc from 'fast-check';
import { FOREST_NAMES, randomly } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS, WALL_NS, cellsOf, parseCells, tableOf } from '../support/driven-runtime.ts';
import { ReferenceProfiler, type Span } from '../support/reference-profiler.ts';

for (const precision of PRECISIONS) {
  const driven = () => new DrivenRuntime({ precision });
  const expectCells = (runtime: DrivenRuntime, table: string) => {
    const statistics = runtime.snapshot();
    expect(cellsOf(statistics, { root: true }), 'wall').to.deep.equal(parseCells(table));
    expect(cellsOf(statistics, { root: true, clock: 'cpu' }), 'CPU').to.deep.equal(parseCells(table));
  };

  describe(`start(), stop() and clear() in the middle, ${precision}`, () => {
    it('B01 a stop inside a frame: the frame is open, with its time so far', () => {
      const runtime = driven();
      const { main } = runtime;
      const b = main.instrument('b', 4, () => {});
      const a = main.instrument('a', 2, () => {
        b();
        runtime.stop();
        runtime.pass(50);
      });
      runtime.start();
      a();
      expectCells(
        runtime,
        `a 1/1 6 2 open 1
         b 1/1 4 4
         (event loop)→a 1/1 6 2
         a→b 1/1 4 4`,
      );
    });

    it('B03 a start deep in a recursion: only what is called from then on', () => {
      const runtime = driven();
      const s = runtime.main.instrument('s', 2, () => {});
      const r: (n: number) => void = runtime.main.instrument('r', 3, (n) => {
        if (n === 0) runtime.start();
        else r(n - 1);
        s();
      });
      r(2);
      expectCells(runtime, 's 3/3 6 6\n (event loop)→s 3/3 6 6');
    });

    it('B04 a stop deep in a recursion: all levels are open', () => {
      const runtime = driven();
      const r: (n: number) => void = runtime.main.instrument('r', 3, (n) => {
        if (n === 0) runtime.stop();
        else r(n - 1);
      });
      runtime.start();
      r(2);
      expectCells(
        runtime,
        `r 3/1 9 9 open 3
         (event loop)→r 1/1 9 3
         r→r 2/0 6 6`,
      );
    });

    it('B05 a stop inside and a restart outside: unrelated calls are roots', () => {
      const runtime = driven();
      const { main } = runtime;
      const b = main.instrument('b', 1, () => void runtime.stop());
      const a = main.instrument('a', 1, () => b());
      const y = main.instrument('y', 1, () => {});
      const x = main.instrument('x', 4, () => y());
      runtime.start();
      a();
      runtime.pass(20);
      runtime.start();
      x();
      x();
      runtime.stop();
      expectCells(
        runtime,
        `a 1/1 2 1 open 1
         b 1/1 1 1 open 1
         x 2/2 10 8
         y 2/2 2 2
         (event loop)→a 1/1 2 1
         a→b 1/1 1 1
         (event loop)→x 2/2 10 8
         x→y 2/2 2 2`,
      );
    });

    it('B07 a stop and a restart inside one call: the call between is unseen, the one after has the root as caller', () => {
      const runtime = driven();
      const { main } = runtime;
      const b = main.instrument('b', 2, () => {});
      const a = main.instrument('a', 4, () => {
        b();
        runtime.stop();
        b();
        runtime.pass(30);
        runtime.start();
        b();
        runtime.pass(5);
      });
      runtime.start();
      a();
      runtime.stop();
      expectCells(
        runtime,
        `a 1/1 6 4 open 1
         b 2/2 4 4
         (event loop)→a 1/1 6 4
         a→b 1/1 2 2
         (event loop)→b 1/1 2 2`,
      );
      expect(runtime.snapshot().threads[0].wallNs).to.equal(13 * WALL_NS); // 6 before the stop, 7 after the restart
    });

    it('B08 and B09 sessions add up', () => {
      const runtime = driven();
      const a = runtime.main.instrument('a', 1, () => {});
      const b = runtime.main.instrument('b', 1, () => {});
      for (const call of [a, b, a]) {
        runtime.start();
        call();
        runtime.stop();
        runtime.pass(10);
        call();
      }
      expectCells(
        runtime,
        `a 2/2 2 2
         b 1/1 1 1
         (event loop)→a 2/2 2 2
         (event loop)→b 1/1 1 1`,
      );
      const { sessions, threads } = runtime.snapshot();
      expect(sessions.map(({ durationNs }) => durationNs / WALL_NS)).to.deep.equal([1, 1, 1]);
      expect(threads[0].wallNs / WALL_NS, 'B07, D15: time while stopped is never counted').to.equal(3);
    });

    it('B11 a clear inside a frame: the frame is gone, later calls are roots', () => {
      const runtime = driven();
      const b = runtime.main.instrument('b', 4, () => {});
      const a = runtime.main.instrument('a', 1, () => {
        b();
        runtime.clear();
        b();
      });
      runtime.start();
      a();
      b();
      runtime.stop();
      expectCells(runtime, 'b 2/2 8 8\n (event loop)→b 2/2 8 8');
    });

    it('B12 and B13 clear twice and read before any start', () => {
      const runtime = driven();
      runtime.clear();
      runtime.clear();
      const { functions, edges, sessions, processes } = runtime.snapshot();
      const { running } = processes[0];
      expect({ calls: functions.map(({ calls }) => calls), edges, sessions, running }).to.deep.equal({
        calls: [0],
        edges: [],
        sessions: [],
        running: false,
      });
    });

    it('B15 a read inside nested frames shows their time so far and changes nothing', () => {
      const runtime = driven();
      const { main } = runtime;
      let inside = {};
      const a = main.instrument('a', 10, () => {
        inside = cellsOf(runtime.snapshot());
        expect(cellsOf(runtime.snapshot())).to.deep.equal(inside);
      });
      const m = main.instrument('m', 4, () => a());
      runtime.start();
      m();
      runtime.stop();
      expect(inside).to.deep.equal(
        parseCells(
          `m 1/1 14 4 open 1
           a 1/1 10 10 open 1
           m→a 1/1 10 10`,
        ),
      );
      expectCells(
        runtime,
        `m 1/1 14 4
         a 1/1 10 10
         m→a 1/1 10 10
         (event loop)→m 1/1 14 4`,
      );
    });

    it('B16 a second start does nothing, and one stop stops', () => {
      const runtime = driven();
      const s = runtime.main.instrument('s', 1, () => {});
      expect(runtime.start()).to.be.true;
      expect(runtime.main.runtime.start({ precision: 'exact', overhead: 1, tickMs: 7, onlyThread: 3 })).to.be.false;
      s();
      expect(runtime.snapshot().processes[0]).to.deep.include({ precision, tickMs: 1, running: true });
      expect(runtime.stop()).to.be.true;
      expect(runtime.stop()).to.be.false;
      s();
      expect(runtime.main.runtime.isRunning()).to.be.false;
      expectCells(runtime, 's 1/1 1 1\n (event loop)→s 1/1 1 1');
    });

    it('B20 a stop from another thread', () => {
      const runtime = driven();
      const other = runtime.thread();
      const helper = runtime.main.instrument('h', 3, () => {});
      runtime.start();
      helper();
      runtime.stop(other);
      helper();
      expect(runtime.main.runtime.isRunning()).to.be.false;
      expectCells(runtime, 'h 1/1 3 3\n (event loop)→h 1/1 3 3');
    });

    it('charges an open frame up to the stop by another thread, not to when its own thread notices', () => {
      const runtime = driven();
      const other = runtime.thread();
      const a = runtime.main.instrument('a', 3, () => {
        runtime.pass(2);
        runtime.stop(other);
        const stopped = cellsOf(runtime.snapshot(other));
        runtime.pass(40);
        expect(cellsOf(runtime.snapshot(other)), 'read before the thread noticed').to.deep.equal(stopped);
      });
      runtime.start();
      a();
      expectCells(runtime, 'a 1/1 5 5 open 1\n (event loop)→a 1/1 5 5');
      expect(runtime.snapshot().threads[0].wallNs).to.equal(5 * WALL_NS);
    });

    it('B25 a recursive function over two sessions', () => {
      const runtime = driven();
      const countDown: (n: number) => void = runtime.main.instrument('c', 1, (n) => n > 0 && countDown(n - 1));
      for (const n of [4, 3]) {
        runtime.start();
        countDown(n);
        runtime.stop();
      }
      expectCells(
        runtime,
        `c 9/2 9 9
         (event loop)→c 2/2 9 2
         c→c 7/0 7 7`,
      );
    });

    it('shows the frames of a session that ended more than a ring of sessions ago with no time made up', () => {
      const runtime = driven();
      const other = runtime.thread();
      const a = runtime.main.instrument('a', 3, () => {
        for (let session = 0; session < 70; session++) {
          runtime.stop(other);
          runtime.pass(100);
          runtime.start(other);
        }
        const { totalWallNs } = runtime.snapshot(other).functions.find(({ name }) => name === 'a')!;
        expect(totalWallNs / WALL_NS).to.be.at.most(3);
      });
      runtime.start();
      a();
      const { totalWallNs } = runtime.snapshot().functions.find(({ name }) => name === 'a')!;
      expect(totalWallNs / WALL_NS).to.be.at.most(3);
    });
  });

  describe(`random programs with start, stop, clear and reads, ${precision}`, () => {
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constant('enter' as const), name: fc.constantFrom(...FOREST_NAMES) }),
      },
      {
        weight: 7,
        arbitrary: fc.record({ do: fc.constant('exit' as const), levels: fc.constantFrom(1, 1, 1, 1, 2, 3) }),
      },
      { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ticks: fc.nat(5), cpu: fc.nat(4) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constantFrom('start' as const, 'stop' as const, 'clear' as const, 'read' as const),
        }),
      },
    );

    it('agree with the reference in every count and every time, whatever is lost on the way', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
          const runtime = driven();
          const reference = new ReferenceProfiler();
          const open: { handle: number; span: Span | null }[] = [];
          runtime.start();
          reference.start();
          for (const now of steps) {
            switch (now.do) {
              case 'enter':
                open.push({ handle: runtime.main.enter(now.name), span: reference.enter(now.name) });
                break;
              case 'exit': {
                // More than one level: the exits of the inner ones are lost.
                const [outermost] = open.splice(-now.levels);
                if (outermost === undefined) break;
                runtime.main.exit(outermost.handle);
                reference.exit(outermost.span);
                break;
              }
              case 'pass': {
                const cpuNs = (now.ticks * now.cpu * WALL_NS) / 4;
                runtime.pass(now.ticks, cpuNs);
                reference.pass(now.ticks * WALL_NS, cpuNs);
                break;
              }
              case 'read':
                expect(tableOf(runtime.snapshot())).to.deep.equal(reference.table());
                break;
              default:
                runtime[now.do]();
                reference[now.do]();
            }
          }
          expect(tableOf(runtime.snapshot())).to.deep.equal(reference.table());
          runtime.stop();
          reference.stop();
          expect(tableOf(runtime.snapshot())).to.deep.equal(reference.table());
        }),
        randomly(300),
      );
    });
  });
}
