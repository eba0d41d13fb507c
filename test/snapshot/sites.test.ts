// What is kept of the registry between two readings is what another reading would give.
import { expect } from 'chai';
import { createRuntime } from '../../runtime/instance.ts';
import { readSites } from '../../src/snapshot/sites.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';

function tableOf(name: string): string {
  return JSON.stringify({ sites: [[name, 1, 1, 0]], left: [[`left of ${name}`, 1, 2, 0, 'size']] });
}

describe('readSites()', () => {
  it('knows a file that was registered after the last reading', () => {
    const { arena, register } = createRuntime({ arenaBytes: 1 << 20 });
    register('a.js', '', 1, tableOf('a'));
    const first = readSites(arena);
    expect(readSites(arena)).to.equal(first);
    register('b.js', '', 1, tableOf('b'));
    const second = readSites(arena);
    expect([second.of(0).name, second.of(1).name]).to.deep.equal(['a', 'b']);
    expect(second.sources.map(({ file }) => file)).to.have.members(['a.js', 'b.js']);
  });

  it('is not changed by who writes into a profile', () => {
    const runtime = createRuntime({ arenaBytes: 1 << 20 });
    runtime.register('a.js', '', 1, tableOf('a'));
    const before = takeSnapshot(runtime);
    const expected = JSON.stringify([before.sources, before.notInstrumented]);
    Object.assign(before.sources[0], { file: 'changed' });
    (before.notInstrumented as unknown[]).length = 0;
    const { sources, notInstrumented } = takeSnapshot(runtime);
    expect(JSON.stringify([sources, notInstrumented])).to.equal(expected);
  });
});
