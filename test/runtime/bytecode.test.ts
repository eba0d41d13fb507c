// A budget on the hooks themselves, by the length of their bytecode. V8 inlines no function of more than 460 bytes: `enter` and
// `exit` of the sampled regime have to stay well below that, or each call costs some ns more.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { instrument } from '../support/instrument.ts';
import { RUNTIME_FOR_COMMONJS } from '../../src/register/package-root.ts';
import { bytecodeLengths } from '../support/bytecode.ts';

/** The most of Node 20, 22, 24 and 26. */
const BUDGET: Readonly<Record<string, number>> = {
  enter: 252,
  exit: 104,
  enterSlowly: 731,
  exitSlowly: 172,
  charge: 358,
  chargeEvent: 103,
  pop: 628,
};

describe('bytecode of the hooks', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-bytecode-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('stays within the budget', () => {
    const file = join(folder, 'main.cjs');
    const program = instrument('function f(n) { return n < 2 ? n : f(n - 1); } f(9);', {
      moduleKind: 'commonjs',
      runtime: RUNTIME_FOR_COMMONJS,
    });
    // What is loaded first makes the runtime; in this bundle the hooks have the names that they have here.
    const index = join(dirname(RUNTIME_FOR_COMMONJS), 'index.cjs');
    writeFileSync(file, `require(${JSON.stringify(index)}).start({ precision: 'exact' });\n${program}`);
    for (const [name, most] of Object.entries(BUDGET)) {
      expect(bytecodeLengths(file, name)[name], name).to.be.within(20, most);
    }
  });

  it('has numbers in place of columns in what is shipped, which V8 would look up in a dictionary each time', () => {
    const shipped = join(dirname(RUNTIME_FOR_COMMONJS), '../runtime');
    const files = readdirSync(shipped).filter((name) => name.endsWith('.js') && name !== 'layout.js');
    expect(files).to.include('activations.js');
    for (const file of files) {
      const code = readFileSync(join(shipped, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
      expect(code.match(/\b(?:AWAITS|CONTROL|EDGE|FRAME|FUNCTION|NODE|SLAB|TABLE)\.\w+/g), file).to.equal(null);
    }
  });
});
