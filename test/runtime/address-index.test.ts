// The index by addresses against a Map.
import { expect } from 'chai';
import fc from 'fast-check';
import { AddressIndex } from '../../runtime/address-index.ts';
import { randomly } from '../support/call-forest.ts';

describe('AddressIndex', () => {
  it('finds what a Map finds, also when it is as full as it may be', () => {
    const address = fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((row) => row * 48),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(address, { maxLength: 300, size: 'max' }), fc.array(address), (addresses, others) => {
        const index = new AddressIndex(addresses.length);
        const truth = new Map<number, number>();
        for (const [place, known] of addresses.entries()) {
          expect(index.get(known)).to.equal(-1);
          index.set(known, place);
          truth.set(known, place);
        }
        for (const asked of [...addresses, ...others, 0]) expect(index.get(asked)).to.equal(truth.get(asked) ?? -1);
      }),
      randomly(100),
    );
  });
});
