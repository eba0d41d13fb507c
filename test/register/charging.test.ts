// What the register hook owes the figures: its own compiling is charged to nobody, and workers that end are noticed.
import { expect } from 'chai';
import { PRELOADS, projects } from './programs.ts';

describe('figures under register', () => {
  const project = projects();

  for (const [name, preload] of PRELOADS) {
    it(`leave out the time that compiling took (${name})`, async () => {
      // Half a megabyte of functions takes Babel several hundred milliseconds; running them takes next to nothing.
      const many = Array.from({ length: 6000 }, (_, i) => `function f${i}(a, b) { return a + b * ${i}; }`);
      const { profile, stderr } = await project({
        'big.cjs': `${many.join('\n')}\nexports.sum = f1(1, 2);`,
        'app.cjs': `const start = performance.now();\nrequire('./big.cjs');\nprocess.stderr.write('took ' + (performance.now() - start));`,
      }).record(preload, ['app.cjs']);
      const tookMs = Number(/took (\d+)/.exec(stderr)![1]);
      expect(tookMs).to.be.above(100);
      const app = profile.functions.find((fn) => fn.file.endsWith('app.cjs') && fn.name === '<module>')!;
      expect(app.totalWallNs / 1e6).to.be.below(tookMs / 2);
      expect(app.totalCpuNs! / 1e6).to.be.below(tookMs / 2);
    });
  }

  it('do not go on counting the time of a worker that was terminated in a loop', async () => {
    const { profile } = await project({
      'app.cjs': `
        const { Worker } = require('node:worker_threads');
        const worker = new Worker('./loop.cjs');
        worker.once('message', async () => {
          await worker.terminate();
          setTimeout(() => {}, 1000);
        });`,
      'loop.cjs': `
        function loop() {
          require('node:worker_threads').parentPort.postMessage(1);
          for (;;);
        }
        loop();`,
    }).record(PRELOADS[0][1], ['./app.cjs']);
    const worker = profile.threads.find((thread) => thread.threadId !== 0)!;
    expect(worker.state).to.equal('ended');
    expect(worker.wallNs / 1e6).to.be.below(800);
    expect(profile.functions.find((fn) => fn.name === 'loop')).to.include({ calls: 1, open: 1 });
  });
});
