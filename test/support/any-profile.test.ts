// The profiles by chance must agree with themselves, else the properties that are tested on them say nothing.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Part, Profile } from '../../src/profile.ts';
import { anyProfile } from './any-profile.ts';

describe('anyProfile()', () => {
  it('gives parts of threads and tags that there are', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), (profile: Profile) => {
        const parts: readonly Part[] = [...profile.functions, ...profile.edges, ...profile.stacks].flatMap((row) => [
          ...row.parts,
        ]);
        for (const { thread, tag } of parts) {
          expect(thread).to.be.within(-profile.processes.length, profile.threads.length - 1);
          expect(tag).to.be.within(-1, profile.tags.length - 1);
        }
        profile.functions.forEach((fn, i) => expect(fn.id).to.equal(i));
        profile.stacks.forEach(({ parent }, i) => expect(parent).to.be.below(Math.max(i, 0)));
      }),
    );
  });

  it('gives functions whose calls and own times are the sums of the edges that lead to them', () => {
    fc.assert(
      fc.property(anyProfile({ cpu: true }), ({ functions, edges }) => {
        for (const fn of functions.filter(({ kind }) => kind !== 'root')) {
          const incoming = edges.filter(({ callee }) => callee === fn.id);
          for (const field of ['calls', 'primitiveCalls', 'selfWallNs', 'selfCpuNs', 'resumes', 'awaitNs'] as const) {
            expect(incoming.reduce((sum, edge) => sum + edge[field]!, 0)).to.equal(fn[field]);
          }
          expect(fn.totalWallNs).to.be.at.least(fn.selfWallNs);
          expect(fn.selfErrorNs).to.equal(0);
        }
      }),
    );
  });

  it('gives much of everything', () => {
    const profiles = fc.sample(anyProfile({ sampled: true }), { numRuns: 200, seed: 1 });
    const some = (holds: (profile: Profile) => boolean) => expect(profiles.filter(holds)).to.have.length.above(10);
    some(({ processes }) => processes.length > 1);
    some(({ threads }) => threads.length > 2);
    some(({ threads }) => threads.some(({ state }) => state === 'folded'));
    some(({ tags }) => tags.length > 1);
    some(({ stacks }) => stacks.length > 3);
    some(({ functions }) => functions.some((fn) => fn.parts.length > 1 && fn.calls > fn.primitiveCalls));
    some(({ functions }) => functions.some((fn) => fn.selfErrorNs > 0 && fn.errors > 0));
    some(({ functions }) => functions.some((fn) => fn.selfCpuNs === null));
  });
});
