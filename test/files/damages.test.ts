// load() of profiles that are damaged in one place each, by what would have been expected there.
import { expect } from 'chai';
import { changed, inFreshFolder, refusalOf } from '../support/profile-files.ts';

const setCell = ([block]: Record<string, unknown[]>[], row: number, column: string, value: unknown) => {
  if (block[column] === undefined) throw new Error(`no column ${column}`);
  block[column][row] = value;
};
const repeatRow = ([block]: Record<string, unknown[]>[], row: number) => {
  for (const list of Object.values(block)) list.push(list[row]);
};
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- damages what the types would protect
const damages: [what: string, change: (data: any) => void, message: string][] = [
  [
    'a missing field',
    (p) => delete p.processes[0].pid,
    'expected processes[0].pid to be a whole number from 0, got nothing',
  ],
  ['a missing table', (p) => delete p.edges, 'expected edges to be a list of blocks, got nothing'],
  ['a field too many', (p) => (p.extra = 1), 'expected an object without other fields, got "extra"'],
  [
    'a negative count',
    (p) => setCell(p.functionParts, 1, 'calls', -1),
    'expected functionParts[0].calls[1] to be a whole number from 0, got -1',
  ],
  [
    'half a call',
    (p) => setCell(p.edges, 0, 'calls', 0.5),
    'expected edges[0].calls[0] to be a whole number from 0, got 0.5',
  ],
  [
    'a count past exactness',
    (p) => setCell(p.edges, 0, 'calls', 2 ** 53),
    'expected edges[0].calls[0] to be a whole number from 0, got 9007199254740992',
  ],
  [
    'a negative time',
    (p) => setCell(p.functionParts, 1, 'selfWallNs', -0.5),
    'expected functionParts[0].selfWallNs[1] to be a number from 0, got -0.5',
  ],
  [
    'text for a number',
    (p) => (p.threads[1].wallNs = '7'),
    'expected threads[1].wallNs to be a number from 0, got "7"',
  ],
  ['a number for text', (p) => setCell(p.functions, 1, 'name', 7), 'expected functions[0].name[1] to be text, got 7'],
  ['an object for a table', (p) => (p.edges = {}), 'expected edges to be a list of blocks, got object'],
  ['a list for an object', (p) => (p.dropped = []), 'expected dropped to be an object, got a list'],
  ['text for a block', (p) => (p.edges[0] = 'x'), 'expected edges[0] to be an object of lists, got string'],
  ['an object for a column', (p) => (p.edges[0].calls = {}), 'expected edges[0].calls to be a list, got object'],
  [
    'a short column',
    (p) => p.edges[0].calls.pop(),
    'expected edges[0].calls to be a list of 4, as caller is, got one of 3',
  ],
  ['a missing column', (p) => delete p.edges[0].calls, 'expected edges[0].calls to be a list, got nothing'],
  [
    'an unknown column',
    (p) => (p.stacks[0].from = []),
    'expected stacks[0] to be no other lists than parent, fn, got "from"',
  ],
  ['null for a list', (p) => (p.processes[0].argv = null), 'expected processes[0].argv to be a list, got null'],
  [
    'null for wall time',
    (p) => setCell(p.functionParts, 1, 'totalWallNs', null),
    'expected functionParts[0].totalWallNs[1] to be a number from 0, got null',
  ],
  [
    'a number for a flag',
    (p) => (p.processes[0].running = 1),
    'expected processes[0].running to be true or false, got 1',
  ],
  ['an unknown kind', (p) => setCell(p.functions, 1, 'kind', 'macro'), 'expected functions[0].kind[1] to be one of '],
  [
    'an unknown precision',
    (p) => (p.processes[0].precision = 'constructor'),
    'expected processes[0].precision to be one of adaptive, exact, sampled, got "constructor"',
  ],
  [
    'a share above one',
    (p) => (p.processes[0].hookCost.exactShare = 1.1),
    'expected processes[0].hookCost.exactShare to be a number from 0 to 1, got 1.1',
  ],
  ['no process', (p) => (p.processes = []), 'expected processes to be a process, got none'],
  [
    'a thread of no process',
    (p) => (p.threads[1].process = 1),
    'expected threads[1].process to be the index of one of 1 processes, got 1',
  ],
  [
    'a session of no process',
    (p) => (p.sessions[0].process = 1),
    'expected sessions[0].process to be the index of one of 1 processes, got 1',
  ],
  ['a thread under another index', (p) => (p.threads[1].id = 0), 'expected threads[1].id to be its own index 1, got 0'],
  ['a function twice', (p) => repeatRow(p.functions, 1), 'expected functions[0][3] to be each function once, got '],
  [
    'a function of no file',
    (p) => setCell(p.functions, 1, 'file', 9),
    'expected functions[0][1] to be the index of one of 2 files, got 9',
  ],
  [
    'an edge from nowhere',
    (p) => setCell(p.edges, 1, 'caller', 3),
    'expected edges[0][1] to be the index of one of 3 functions, got 3',
  ],
  [
    'an edge to nowhere',
    (p) => setCell(p.edges, 1, 'callee', 99),
    'expected edges[0][1] to be the index of one of 3 functions, got 99',
  ],
  [
    'an edge twice',
    (p) => repeatRow(p.edges, 0),
    'expected edges to be the rows of each edge together, got 1 → 2 apart',
  ],
  [
    'figures of no thread',
    (p) => setCell(p.functionParts, 1, 'thread', 2),
    'expected functionParts[0][1] to be the index of one of 2 threads, got 2',
  ],
  [
    'figures of no process',
    (p) => setCell(p.functionParts, 1, 'thread', -2),
    'expected functionParts[0][1] to be a thread from -1, got -2',
  ],
  [
    'figures of no tag',
    (p) => setCell(p.functionParts, 1, 'tag', 0),
    'expected functionParts[0][1] to be the index of one of 0 tags, got 0',
  ],
  [
    'figures of no function',
    (p) => setCell(p.functionParts, 1, 'fn', 3),
    'expected functionParts[0][1] to be the index of one of 3 functions, got 3',
  ],
  [
    'a histogram that goes back',
    (p) =>
      setCell(p.functionParts, 1, 'durations', [
        [8, 16, 1],
        [0, 8, 1],
      ]),
    'expected functionParts[0][1].durations[1] to be [from, to, calls], ascending, got [0,8,1]',
  ],
  [
    'a stack of no function',
    (p) => setCell(p.stacks, 0, 'fn', 3),
    'expected stacks[0][0] to be the index of one of 3 functions, got 3',
  ],
  [
    'a call tree without root',
    (p) => setCell(p.stacks, 0, 'parent', 0),
    'expected stacks[0][0] to be -1, the root, got 0',
  ],
  [
    'a call tree rooted elsewhere',
    (p) => setCell(p.stacks, 0, 'fn', 1),
    'expected stacks[0][0] to be the root function, got one of kind function',
  ],
  ['an empty call tree', (p) => ((p.stacks = []), (p.stackParts = [])), 'expected stacks to be the root, got nothing'],
  [
    'a call tree that bites its tail',
    (p) => setCell(p.stacks, 1, 'parent', 1),
    'expected stacks[0][1] to be a parent from 0 to 0, got 1',
  ],
  [
    'long text where none belongs',
    (p) => (p.processes[0].pid = 'x'.repeat(500)),
    `expected processes[0].pid to be a whole number from 0, got "${'x'.repeat(39)}…`,
  ],
];

describe('load() of a damaged profile', () => {
  inFreshFolder();

  for (const [what, change, message] of damages) {
    it(`refuses ${what}`, () => expect(refusalOf(changed(change)).slice(0, message.length)).to.equal(message));
  }
});
