// The arena: what allocate() hands out, text in shared memory, and the lock, with real threads and with dead owners.
import { expect } from 'chai';
import fc from 'fast-check';
import { allocate, createArena, encodeText, locked, readText, viewArena, writeBytes } from '../../runtime/arena.ts';
import { CONTROL, FIRST_FREE } from '../../runtime/layout.ts';
import { randomly } from '../support/call-forest.ts';
import { startProgram } from '../support/worker-programs.ts';

describe('createArena()', () => {
  it('keeps its size between 256 KiB and 1 GiB', () => {
    for (const [asked, got] of [
      [1, 256 << 10],
      [300_001, 300_000],
      [2 ** 40, 1 << 30],
    ]) {
      expect(createArena({ arenaBytes: asked })!.I.byteLength).to.equal(got);
    }
  });
});

describe('allocate()', () => {
  it('hands out zeroed, aligned words, none twice, until the arena is full', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 200, size: 'max' }), (sizes) => {
        const arena = createArena({ arenaBytes: 256 << 10 })!;
        let end = FIRST_FREE;
        for (const words of sizes) {
          const at = allocate(arena, words);
          if (at === 0) {
            expect(end + words + 16).to.be.above(arena.I.length);
            continue;
          }
          expect(at % (words >= 16 ? 16 : 2)).to.equal(0);
          expect(at).to.be.at.least(end);
          end = at + words;
          expect(end).to.be.at.most(arena.I.length);
          expect(arena.I.subarray(at, end).every((word) => word === 0)).to.be.true;
          arena.I.fill(-1, at, end);
        }
      }),
      randomly(50),
    );
  });

  it('uses the last word', () => {
    const arena = createArena({ arenaBytes: 256 << 10 })!;
    const left = arena.I.length - arena.I[CONTROL.nextFree];
    expect(allocate(arena, left + 2)).to.equal(0);
    expect(allocate(arena, left)).to.be.above(0);
    expect(allocate(arena, 1)).to.equal(0);
  });
});

describe('text in the arena', () => {
  it('is read back as written, cut at a character to the bytes it may take', () => {
    const arena = createArena({ arenaBytes: 256 << 10 })!;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(64), (text, limit) => {
        const bytes = encodeText(text, limit);
        expect(bytes.length).to.be.at.most(limit);
        writeBytes(arena, FIRST_FREE, bytes);
        const back = readText(arena, FIRST_FREE, bytes.length);
        expect(text.startsWith(back), JSON.stringify([text, back])).to.be.true;
        if (limit >= text.length * 3) expect(back).to.equal(text);
      }),
      randomly(200),
    );
  });
});

describe('locked()', () => {
  it('lets one thread in at a time', async () => {
    const arena = createArena({ arenaBytes: 256 << 10 })!;
    const ROUNDS = 20_000;
    const counter = allocate(arena, 2);
    const workers = [1, 2, 3].map((owner) => startProgram('lock', { arena, owner, counter, rounds: ROUNDS }));
    await Promise.all(workers.map(({ ended }) => ended));
    expect(arena.I[counter], 'plain increments under the lock').to.equal(3 * ROUNDS);
    expect(arena.I[CONTROL.lock]).to.equal(0);
    expect(arena.I[CONTROL.lockTakenOver]).to.equal(0);
  });

  it('is free again after an exception', () => {
    const arena = createArena({ arenaBytes: 256 << 10 })!;
    expect(() =>
      locked(arena, 1, () => {
        throw new Error('inside');
      }),
    ).to.throw('inside');
    expect(locked(arena, 2, () => 'in')).to.equal('in');
  });

  it('is taken over from an owner that died with it, and a late owner does not free it for another', () => {
    const arena = createArena({ arenaBytes: 256 << 10 })!;
    arena.I[CONTROL.lock] = 99;
    const other = viewArena(arena.I.buffer as SharedArrayBuffer);
    expect(locked(other, 5, () => arena.I[CONTROL.lock])).to.equal(5);
    expect(arena.I[CONTROL.lockTakenOver]).to.equal(1);
    locked(arena, 6, () => {
      arena.I[CONTROL.lock] = 7; // taken over while we were inside
    });
    expect(arena.I[CONTROL.lock]).to.equal(7);
  });
});
