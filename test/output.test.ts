import { expect } from 'chai';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { messageOf, pageOf, writeFully } from '../src/output.ts';
import { projects } from './register/programs.ts';

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
    const module = new URL('../dist/src/output.js', import.meta.url).href;
    writeFileSync(
      program.path('main.mjs'),
      `import { writeFully } from ${JSON.stringify(module)};
      process.stderr.write(''); // makes the pipe non-blocking where Node does that
      console.log(writeFully(2, 'x'.repeat(3_000_000)));`,
    );
    const { stdout, stderr } = await program.node(['main.mjs']);
    expect(stdout).to.equal('true\n');
    expect(stderr).to.have.length(3_000_000);
  });
});

describe('pageOf()', () => {
  it('takes COLUMNS where there is no terminal, else 120, and never colours there', function () {
    if (process.stderr.isTTY) this.skip();
    expect(pageOf(2, { COLUMNS: '77' })).to.deep.equal({ width: 77, color: false });
    for (const COLUMNS of [undefined, '', 'x', '0', '-5', '1.5']) expect(pageOf(2, { COLUMNS }).width).to.equal(120);
  });
});

describe('messageOf()', () => {
  it('is one line of whatever was thrown', () => {
    expect(messageOf(new Error('a\nb'))).to.equal('a');
    expect(messageOf('text')).to.equal('text');
    expect(messageOf(null)).to.equal('null');
  });
});
