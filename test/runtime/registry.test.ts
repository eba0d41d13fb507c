// The site registry: a file is written once, found again from any view of the arena, told apart by name, content and
// count; full is 0.
import { expect } from 'chai';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { createArena, viewArena } from '../../runtime/arena.ts';
import { createRuntime, attachTo } from '../../runtime/instance.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { registerFile, registeredFiles } from '../../runtime/registry.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';

const TABLE = '{"sites":[],"left":[]}';
const clock = { wallNs: () => 0, cpuNs: () => 0 };

describe('registerFile()', () => {
  it('writes a file once, for all views of the arena', () => {
    const arena = createArena({ arenaBytes: 1 << 20 })!;
    const other = viewArena(arena.I.buffer as SharedArrayBuffer);
    const first = registerFile(arena, 1, 'a.js', 'h', 3, TABLE);
    expect(registerFile(other, 2, 'a.js', 'h', 3, TABLE)).to.equal(first);
    expect(arena.I[CONTROL.siteCount]).to.equal(3);
    expect([...registeredFiles(other)][0]).to.deep.equal({
      address: first,
      firstSite: 0,
      siteCount: 3,
      file: 'a.js',
      hash: 'h',
      table: TABLE,
    });
  });

  it('tells files apart by name, by content, by count, and where a separator could be forged', () => {
    const arena = createArena({ arenaBytes: 1 << 20 })!;
    const keys = [
      ['a.js', 'h', 1],
      ['b.js', 'h', 1],
      ['a.js', 'i', 1],
      ['a.js', 'h', 2],
      ['x\na.js', 'h', 1],
      ['a.js', 'h\nx', 1],
      ['', '', 0],
    ] as const;
    const addresses = keys.map(([file, hash, count]) => registerFile(arena, 1, file, hash, count, TABLE));
    expect(new Set(addresses).size).to.equal(keys.length);
    const files = [...registeredFiles(arena)].reverse();
    expect(files.map(({ file, hash, siteCount }) => [file, hash, siteCount])).to.deep.equal(keys);
    expect(files.map(({ firstSite }) => firstSite)).to.deep.equal([0, 1, 2, 3, 5, 6, 7]);
  });

  it('keeps names of any script, and bytes that are no JSON table', () => {
    const arena = createArena({ arenaBytes: 1 << 20 })!;
    for (const file of ['C:\\läufe\\x.ts', '函数/🙂.mjs', 'with "quotes"\n.js']) {
      const table = `{"sites":[["${'é'.repeat(9)}",1,1,0]]`;
      registerFile(arena, 1, file, '', 1, table);
      expect([...registeredFiles(arena)][0]).to.include({ file, table });
    }
  });

  it('finds each of 5,000 files, more than there are buckets', () => {
    const arena = createArena({ arenaBytes: 4 << 20 })!;
    const addresses = Array.from({ length: 5000 }, (_, i) => registerFile(arena, 1, `dir/file${i}.js`, '', 2, TABLE));
    expect(new Set(addresses).size).to.equal(5000);
    for (const i of [0, 1, 2500, 4999])
      expect(registerFile(arena, 1, `dir/file${i}.js`, '', 2, TABLE)).to.equal(addresses[i]);
  });

  it('gives 0 for a file whose sites or bytes find no room, and goes on with smaller ones', () => {
    const arena = createArena({ arenaBytes: 256 << 10, maxSites: 10 })!;
    expect(registerFile(arena, 1, 'big.js', '', 11, TABLE)).to.equal(0);
    expect(registerFile(arena, 1, 'long.js', '', 1, 'x'.repeat(1 << 20))).to.equal(0);
    expect(registerFile(arena, 1, 'a.js', '', 10, TABLE)).to.be.above(0);
    expect(registerFile(arena, 1, 'b.js', '', 1, TABLE)).to.equal(0);
  });
});

describe('register()', () => {
  it('gives a thread the same base again, and all threads the same sites', () => {
    const runtime = createRuntime({ arenaBytes: 4 << 20, clock });
    const worker = attachTo(runtime, { threadId: 1, name: 'w', osThreadId: 0 });
    const table = '{"sites":[["a",1,1,0],["b",3,2,4]],"left":[["c",9,3,0,"async"]]}';
    const base = runtime.register('f.ts', 'h', 2, table);
    expect(runtime.register('f.ts', 'h', 2, table)).to.equal(base);
    const workersBase = worker.register('f.ts', 'h', 2, table);
    expect(workersBase).not.to.equal(base);
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
    runtime.exit(runtime.enter(base + SITE_STRIDE));
    worker.exit(worker.enter(workersBase + SITE_STRIDE));
    const { functions, notInstrumented } = takeSnapshot(runtime);
    expect(functions.find(({ name }) => name === 'b')).to.include({
      key: 'f.ts:2:4:b',
      file: 'f.ts',
      line: 2,
      column: 4,
      kind: 'method',
      calls: 2,
    });
    expect(notInstrumented).to.deep.equal([
      { name: 'c', file: 'f.ts', line: 3, column: 0, kind: 'async', reason: 'async' },
    ]);
  });

  it('shows functions of a table it cannot read without their names', () => {
    const runtime = createRuntime({ arenaBytes: 4 << 20, clock });
    for (const [i, table] of ['no JSON', '{"sites":[]}', '[]', 'null', '{"sites":[null]}', '{"left":7}'].entries()) {
      const base = runtime.register(`f${i}.js`, '', 1, table);
      runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
      runtime.exit(runtime.enter(base));
      const { functions } = takeSnapshot(runtime);
      expect(
        functions.filter(({ file }) => file === `f${i}.js`).map(({ calls }) => calls),
        table,
      ).to.deep.equal([1]);
    }
  });
});
