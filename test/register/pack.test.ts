import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { openPack, packName } from '../../src/register/pack.ts';
import type { Packed } from '../../src/register/pack.ts';

const key = 'a'.repeat(64);
const packed = (code: string, format: 'module' | 'commonjs' = 'module'): Packed => ({
  key,
  compiled: { code, format },
});

describe('openPack()', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'everycall-pack-test-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const folder = () => join(directory, 'packs');
  const file = () => join(folder(), '0a.pack');
  const open = (tools = 'tools 1') => openPack(file(), folder(), tools);

  it('gives back any text exactly, under the same choice and source alone', () => {
    const text = () => fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 40 });
    fc.assert(
      fc.property(fc.string(), text(), text(), fc.boolean(), (choice, source, code, isModule) => {
        const given = packed(code, isModule ? 'module' : 'commonjs');
        open().add(choice, source, given);
        expect(open().find(choice, source)).to.deep.equal(given);
        expect(open().find(choice, source + ' ')).to.equal(null);
        expect(open().find(choice + ' ', source)).to.equal(null);
        rmSync(file());
      }),
      { numRuns: 100 },
    );
  });

  it('has for each choice what came last, of several that write', () => {
    const [one, other] = [open(), open()];
    one.add('f', 'old', packed('1'));
    other.add('g', 'g', packed('2'));
    one.add('f', 'new', packed('3'));
    const read = open();
    expect(read.find('f', 'old')).to.equal(null);
    expect(read.find('f', 'new')).to.deep.equal(packed('3'));
    expect(read.find('g', 'g')).to.deep.equal(packed('2'));
  });

  it('takes no other bytes than those that were written, wherever they stand', () => {
    ['f', 'g', 'h'].forEach((name, i) => open().add(name, `source ${name}`, packed(`code ${name} ü`.repeat(i + 1))));
    const whole = readFileSync(file());
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) bytes[at] ^= change;
        writeFileSync(file(), bytes);
        const read = open();
        const found = ['f', 'g', 'h'].map((name, i) => {
          const one = read.find(name, `source ${name}`);
          if (one !== null) expect(one).to.deep.equal(packed(`code ${name} ü`.repeat(i + 1)));
          return one;
        });
        expect(found).to.include(null);
      }),
      { numRuns: 300 },
    );
  });

  it('is given up when it was made with other tools, is torn, or is mostly out of date', () => {
    open().add('f', 's', packed('1'));
    expect(open('tools 2').find('f', 's')).to.equal(null);
    expect(open().find('f', 's')).to.equal(null); // now it belongs to the others

    open().add('f', 's', packed('1'));
    writeFileSync(file(), readFileSync(file()).subarray(0, -4));
    expect(open().find('f', 's')).to.equal(null);
    open().add('f', 's', packed('1'));
    expect(open().find('f', 's')).to.deep.equal(packed('1'));

    for (let i = 0; i < 40; i++) open().add('f', `s${i}`, packed('x'.repeat(500)));
    expect(statSync(file()).size).to.be.below(20 * 700);
  });

  it('leaves out what is large, and does without where nothing can be written', () => {
    open().add('f', 's', packed('x'.repeat(300_000)));
    expect(open().find('f', 's')).to.equal(null);
    writeFileSync(join(directory, 'file'), '');
    const blocked = openPack(join(directory, 'file', 'p'), join(directory, 'file'), 't');
    blocked.add('f', 's', packed('1'));
    expect(blocked.find('f', 's')).to.equal(null);
    expect(existsSync(join(directory, 'file', 'p'))).to.equal(false);
  });
});

describe('packName()', () => {
  it('tells programs apart', () => {
    expect(packName('/a', 'b')).to.match(/^[0-9a-f]{8}\.pack$/);
    expect(packName('/a', 'b')).not.to.equal(packName('/a', 'c'));
  });
});
