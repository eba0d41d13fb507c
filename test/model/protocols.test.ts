// The models, searched to the last state; and each of them with one thing done otherwise than in the code, which must break.
import { expect } from 'chai';
import { type ClaimMutant, claim } from './claim.ts';
import { search } from './search.ts';
import { type Mutant, type Operation, sessions } from './sessions.ts';

const START_AGAIN: Operation[][] = [['start', 'stop', 'start']];
const CLEAR: Operation[][] = [['start', 'clear']];
const TWO_STARTS: Operation[][] = [['start'], ['start']];

describe('search()', () => {
  it('finds the shortest way to what must not be, and who cannot go on', () => {
    const count = (limit: number) => ({
      initial: { at: 0 },
      steps: [
        { name: 'one', take: (state: { at: number }) => state.at < limit && ++state.at > 0 },
        { name: 'two', take: (state: { at: number }) => state.at < limit - 1 && (state.at += 2) > 0 },
      ],
      broken: ({ at }: { at: number }) => (at === 5 ? 'five' : null),
      isEnd: () => false,
    });
    expect(search(count(9)).problem!.steps).to.have.length(3);
    expect(search(count(4)).problem!.promise).to.equal('nobody can go on');
  });
});

describe('the protocol of start, stop and clear', function () {
  this.timeout(300_000);
  for (const regime of ['exact', 'sampled'] as const) {
    for (const [title, controllers] of Object.entries({
      START_AGAIN,
      CLEAR,
      TWO_STARTS,
      'stop and clear': [['start', 'stop'], ['clear']] as Operation[][],
    })) {
      it(`keeps its promises in every order, ${regime}, ${title}`, () => {
        const { states, problem } = search(sessions({ regime, controllers, threads: [2], ticks: 1 }));
        expect(problem).to.equal(null);
        expect(states).to.be.above(1000);
      });
    }
  }

  const mutants: Record<Mutant, ['exact' | 'sampled', Operation[][], RegExp]> = {
    'restart with the first tick': ['sampled', START_AGAIN, /over before it/],
    'stop writes its time last': ['exact', START_AGAIN, /no time yet/],
    'stop leaves the epoch': ['exact', START_AGAIN, /over before it/],
    'clear leaves the tick': ['sampled', CLEAR, /lost/],
    'clear leaves the epoch': ['exact', CLEAR, /lost/],
    'figures are zeroed last': ['exact', CLEAR, /before a clear/],
    'no lock': ['exact', TWO_STARTS, /./],
    'the epoch is read last': ['exact', START_AGAIN, /over before it/],
    'the ticker stores': ['sampled', START_AGAIN, /./],
    'the tick is read anew': ['exact', START_AGAIN, /lost/],
  };
  for (const [mutant, [regime, controllers, promise]] of Object.entries(mutants)) {
    it(`breaks when ${mutant}`, () => {
      const threads = [controllers === CLEAR ? 3 : 2];
      const { problem } = search(sessions({ regime, controllers, threads, ticks: 1, mutant: mutant as Mutant }));
      expect(problem?.promise).to.match(promise);
    });
  }
});

describe('the protocol of claiming and folding', () => {
  it('keeps its promises in every order, whoever is terminated', () => {
    const { states, problem } = search(claim(3));
    expect(problem).to.equal(null);
    expect(states).to.be.above(1000);
  });

  const mutants: readonly ClaimMutant[] = [
    'a figure is added and taken away in two steps',
    'a figure is only added',
    'the reader does not ask for folds',
    'who comes next folds from the beginning',
    'the reader keeps what it read',
    'a resumed folding is not told',
  ];
  for (const mutant of mutants) {
    it(`breaks when ${mutant}`, () => {
      expect(search(claim(3, mutant)).problem).not.to.equal(null);
    });
  }
});
