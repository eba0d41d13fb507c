import { expect } from 'chai';
import { createProgress } from '../../src/register/progress.ts';

describe('createProgress()', () => {
  const SHOWN = /\r\x1b\[Keverycall: instrumenting (\d+) files?…/;

  function phase() {
    const written: string[] = [];
    let nowMs = 0;
    const progress = createProgress(
      (text) => written.push(text),
      () => nowMs,
    );
    const file = (durationMs: number, chars = 100): void => {
      progress.begin(chars);
      nowMs += durationMs;
      progress.end();
    };
    return { written, file, wait: (ms: number) => (nowMs += ms) };
  }

  it('shows nothing while transforms are quick', () => {
    const { written, file } = phase();
    for (let i = 0; i < 6; i++) file(100);
    expect(written).to.deep.equal([]);
  });

  it('counts the files once 0.7 s are spent, and wipes its line after each', () => {
    const { written, file } = phase();
    file(800);
    file(10);
    file(10);
    expect(written).to.have.length(4);
    expect(written[0]).to.match(SHOWN).and.to.contain('2 files');
    expect(written[1]).to.equal('\r\x1b[K');
    expect(written[2]).to.contain('3 files');
  });

  it('begins anew after a pause', () => {
    const { written, file, wait } = phase();
    file(800);
    wait(5000);
    file(10);
    expect(written).to.deep.equal([]);
  });

  it('shows a long file at once', () => {
    const { written, file } = phase();
    file(10, 9_000_000);
    expect(written[0]).to.match(SHOWN).and.to.contain('1 file…');
  });
});
