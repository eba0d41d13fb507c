// `everycall --children` with a pool of processes: workerpool, which starts them, gives them work and ends them itself.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { load } from '../../src/files.ts';
import { CLI, projects } from '../register/programs.ts';

const PACKAGES = join(fileURLToPath(new URL('../../', import.meta.url)), 'node_modules');

describe('everycall --children with a pool of processes', () => {
  const project = projects();

  it('counts every call in every process, and the program says what it says without us', async () => {
    const program = project({
      'main.cjs': `
        const pool = require('workerpool').pool(__dirname + '/worker.cjs', { workerType: 'process', minWorkers: 2, maxWorkers: 2 });
        function add(a, b) { return a + b; }
        Promise.all(Array.from({ length: 20 }, (_, i) => pool.exec('square', [i])))
          .then((squares) => console.log(squares.reduce(add), pool.stats().totalWorkers))
          .then(() => pool.terminate())
          .then(() => console.log('ended'));`,
      'worker.cjs': `
        function square(x) { return x * x; }
        require('workerpool').worker({ square });`,
    });
    symlinkSync(PACKAGES, program.path('node_modules'));
    const plain = await program.node(['main.cjs']);
    const outcome = await program.node([CLI, '--children', '-o', 'p.json', 'main.cjs']);
    expect(outcome).to.deep.equal(plain);
    expect(outcome.stdout).to.equal('2470 2\nended\n');
    const { processes, threads, functions } = load(program.path('p.json'));
    expect(processes).to.have.length(3);
    const named = (name: string) => functions.find((one) => one.name === name)!;
    expect(named('square').calls).to.equal(20);
    expect(named('add').calls).to.equal(19);
    const inWorkers = named('square').parts.map(({ thread }) => threads[thread].process);
    expect(inWorkers).not.to.include(threads[named('add').parts[0].thread].process);
  });
});
