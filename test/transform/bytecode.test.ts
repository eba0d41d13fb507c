// A budget on what is put into functions: no clock is asked, so no machine is too busy. Who makes it larger on purpose changes
// the numbers here; most of a function's cost when stopped is in them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RUNTIME_FOR_COMMONJS } from '../../src/register/package-root.ts';
import { bytecodeLengths } from '../support/bytecode.ts';
import { instrument } from '../support/instrument.ts';

const SOURCE = `
function subject_plain(a) { return a + 1; }
function subject_void(a) { a.x = 1; }
const subject_arrow = (a) => a + 1;
class C { subject_method(a) { return this.x + a; } }
async function subject_async(a) { return await a; }
function* subject_generator(a) { yield a; }
function subject_loop(a) { let s = 0; for (const x of a) { if (x) return s; s += x; } return s; }
subject_plain(1); subject_void({}); subject_arrow(1); new C().subject_method(1);
subject_async(1); [...subject_generator(1)]; subject_loop([1]);`;

/** Bytes of bytecode that may be added, the most of Node 20, 22, 24 and 26. Their originals are part of it. */
const BUDGET: Readonly<Record<string, number>> = {
  subject_plain: 100,
  subject_void: 95,
  subject_arrow: 103,
  subject_method: 120,
  subject_async: 172,
  subject_generator: 181,
  subject_loop: 274,
};

describe('bytecode that is put in', function () {
  this.timeout(30_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-bytecode-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const lengthsOf = (name: string, code: string): Record<string, number> => {
    writeFileSync(join(folder, name), code);
    return bytecodeLengths(join(folder, name), 'subject_*');
  };

  it('stays within the budget', () => {
    const before = lengthsOf('before.cjs', SOURCE);
    const after = lengthsOf('after.cjs', instrument(SOURCE, { moduleKind: 'commonjs', runtime: RUNTIME_FOR_COMMONJS }));
    expect(Object.keys(before)).to.have.members(Object.keys(BUDGET));
    for (const [name, most] of Object.entries(BUDGET)) {
      expect(after[name] - before[name], name).to.be.within(20, most);
    }
  });
});
