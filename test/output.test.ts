import { expect } from 'chai';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { messageOf, writeFully } from '../src/output.ts';
import { projects } from './register/programs.ts';

/** As a program imports it. */
const OUTPUT = new URL('../dist/src/output.js', import.meta.url).href;

describe('writeFully()', () => {
  const project = projects();

  it('writes all of it, in bytes', () => {
    const file = project({}).path('out');
    const fd = openSync(file, 'w');
    expect(writeFully(fd, 'ü'.repeat(100_000))).to.equal(true);
    closeSync(fd);
    expect(readFileSync(file, 'utf8')).to.have.length(100_000);
  });

  it('waits for a slow reader of a pipe that does not block', async () => {
    const program = project({});
    writeFileSync(
      program.path('main.mjs'),
      `import { writeFully } from ${JSON.stringify(OUTPUT)};
      process.stderr.write(''); // makes the pipe non-blocking where Node does that
      console.log(writeFully(2, 'x'.repeat(3_000_000)));`,
    );
    const { stdout, stderr } = await program.node(['main.mjs']);
    expect(stdout).to.equal('true\n');
    expect(stderr).to.have.length(3_000_000);
  });
});

describe('pageOf()', () => {
  const project = projects();

  it('takes COLUMNS where there is no terminal, else 120, and never colours there', async () => {
    const columns = ['77', undefined, '', 'x', '0', '-5', '1.5'];
    // In a process whose stdout is a pipe, wherever the tests themselves run.
    const { stdout, stderr } = await project({
      'main.mjs': `import { pageOf } from ${JSON.stringify(OUTPUT)};
        console.log(JSON.stringify(${JSON.stringify(columns)}.map((COLUMNS) => pageOf(1, { COLUMNS: COLUMNS ?? undefined }))));`,
    }).node(['main.mjs']);
    const widths = [77, 120, 120, 120, 120, 120, 120];
    expect(JSON.parse(stdout), stderr).to.deep.equal(widths.map((width) => ({ width, color: false })));
  });
});

describe('messageOf()', () => {
  it('is one line of whatever was thrown', () => {
    expect(messageOf(new Error('a\nb'))).to.equal('a');
    expect(messageOf('text')).to.equal('text');
    expect(messageOf(null)).to.equal('null');
  });
});
