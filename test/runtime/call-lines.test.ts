// Where a function is called in its caller, as far as names tell.
import { expect } from 'chai';
import fc from 'fast-check';
import { callLine, readCalls, writeCalls } from '../../runtime/call-lines.ts';

const at = (name: string, line: number, file = 'a.js') => ({ name, line, file });

describe('callLine()', () => {
  const caller = at('Parser.parse', 10);
  const calls = 'next eat 3 #peek Node 4 next inner';

  it('finds the first line on which the name of the callee is called', () => {
    for (const [name, line] of [
      ['next', 10],
      ['Tokenizer.next', 10],
      ['static Tokenizer.eat', 10],
      ['Parser#peek', 13],
      ['static get Parser#peek', 13],
      ['Node.constructor', 13],
      ['ast.Node.constructor', 13],
      ['outer.inner', 17],
    ] as const) {
      expect(callLine(calls, at(name, 99, 'b.js'), caller), name).to.equal(line);
    }
  });

  it('does not take a part of a name for the name', () => {
    expect(callLine('nextToken 2 ext', at('next', 99), caller)).to.equal(10);
    expect(callLine('peek', at('Parser#peek', 99), caller)).to.equal(10);
  });

  it('takes a callback to be called where it stands', () => {
    expect(callLine(calls, at('Parser.parse.<anonymous>', 15), caller)).to.equal(15);
    expect(callLine(calls, at('Parser.parse.<anonymous>', 15), at('static get Parser.parse', 10))).to.equal(15);
    expect(callLine(calls, at('Parser.parse.<anonymous>', 15, 'b.js'), caller)).to.equal(10);
    expect(callLine(calls, at('Parser.parseMore', 15), caller)).to.equal(10);
    expect(callLine('', at('<anonymous>', 15), at('<module>', 1))).to.equal(15);
    expect(callLine('', at('f.<anonymous>', 15), at('<module>', 1))).to.equal(1);
  });

  it('else gives the line of the caller', () => {
    expect(callLine('', at('next', 99), caller)).to.equal(10);
    expect(callLine(calls, at('other', 99), caller)).to.equal(10);
  });
});

describe('writeCalls()', () => {
  it('gives what readCalls() takes', () => {
    const lines = fc.uniqueArray(fc.tuple(fc.stringMatching(/^#?[a-z$_][a-z0-9]*$/), fc.integer({ min: 1, max: 60 })), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 60 }), (entries, line) => {
        const map = new Map(entries);
        expect(new Map([...readCalls(writeCalls(map, line), line)].sort())).to.deep.equal(new Map([...map].sort()));
      }),
    );
  });

  it('writes names line by line, each line as what it is below the last', () => {
    expect(writeCalls(new Map([['b', 12], ['a', 10], ['c', 12]]), 10)).to.equal('a 2 b c'); // prettier-ignore
    expect(writeCalls(new Map([['a', 8]]), 10)).to.equal('-2 a');
    expect(writeCalls(new Map(), 10)).to.equal('');
  });
});
