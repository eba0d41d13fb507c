// Keys → what is shown and what is done.
import { expect } from 'chai';
import { parseTopSort } from '../../../src/cli/top/sort.ts';
import {
  type Action,
  initialState,
  type Key,
  press,
  settled,
  type Shown,
  type TopState,
} from '../../../src/cli/top/state.ts';

const SHOWN: Shown = {
  keys: [1, 2, 3, 4, 5].map((id) => `functions:${id}`),
  height: 3,
  threads: [0, 4],
  fileName: 'everycall-1.json.gz',
  isGone: false,
};

/** As node:readline tells them. */
const NAMED: Readonly<Record<string, Key>> = {
  up: { name: 'up', sequence: '\u001b[A' },
  down: { name: 'down', sequence: '\u001b[B' },
  left: { name: 'left', sequence: '\u001bOD' },
  right: { name: 'right', sequence: '\u001b[C' },
  pagedown: { name: 'pagedown', sequence: '\u001b[6~' },
  pageup: { name: 'pageup', sequence: '\u001b[5~' },
  home: { name: 'home', sequence: '\u001b[1~' },
  end: { name: 'end', sequence: '\u001b[4~' },
  enter: { name: 'return', sequence: '\r' },
  escape: { name: 'escape', sequence: '\u001b' },
  backspace: { name: 'backspace', sequence: '\u007f' },
  space: { name: 'space', sequence: ' ' },
  'ctrl-c': { name: 'c', ctrl: true, sequence: '\u0003' },
  'ctrl-u': { name: 'u', ctrl: true, sequence: '\u0015' },
  'ctrl-z': { name: 'z', ctrl: true, sequence: '\u001a' },
};

const keyOf = (name: string): Key => NAMED[name] ?? { name: name.toLowerCase(), sequence: name };

function after(keys: string, shown: Partial<Shown> = {}, from = initialState(parseTopSort('selfWall'))) {
  let state: TopState = from;
  const actions: Action[] = [];
  for (const name of keys.split(' ')) {
    const [next, action] = press(state, keyOf(name), { ...SHOWN, ...shown });
    state = settled(next, { ...SHOWN, ...shown });
    if (action !== undefined) actions.push(action);
  }
  return { state, actions, kinds: actions.map(({ kind }) => kind) };
}

describe('press()', () => {
  it('moves among the rows, and stays among them', () => {
    const at = (keys: string) => after(keys).state.selected;
    expect(at('down')).to.equal('functions:2');
    expect(at('j j k')).to.equal('functions:2');
    expect(at('up')).to.equal('functions:1');
    expect(at('pagedown')).to.equal('functions:3');
    expect(at('end down')).to.equal('functions:5');
    expect(at('end pageup')).to.equal('functions:3');
    expect(at('end home')).to.equal('functions:1');
    expect(after('down', { keys: [] }).state.selected).to.equal(null);
  });

  it('sorts by the next column, or the other way round', () => {
    const sort = (keys: string) => after(keys).state.sort.functions;
    expect(sort('>')).to.deep.equal({ column: 'totalCpu', order: 'desc' });
    expect(sort('right left left')).to.deep.equal({ column: 'selfCpu', order: 'desc' });
    expect(sort('< < <'), 'round').to.deep.equal({ column: 'name', order: 'asc' });
    expect(sort('r')).to.deep.equal({ column: 'selfWall', order: 'asc' });
    expect(sort('r r')).to.deep.equal({ column: 'selfWall', order: 'desc' });
    expect(after('t >').state.sort.threads.column).to.equal('calls');
  });

  it('filters by what is typed, as it is typed, each list by itself', () => {
    const filters = (keys: string) => after(keys).state.filters;
    expect(filters('/ p a q')).to.deep.equal({ functions: 'paq', threads: '', edges: '' });
    expect(filters('/ a b backspace 解 enter').functions).to.equal('a解');
    expect(after('/ a enter').state.prompt).to.equal(null);
    expect(filters('/ a enter / b escape').functions, 'as before').to.equal('a');
    expect(filters('/ a b ctrl-u up c').functions).to.equal('c');
    expect(filters('/ a enter escape').functions).to.equal('');
    expect(filters('/ a space b').functions).to.equal('a b');
    expect(filters('/ a enter t / b enter')).to.deep.equal({ functions: 'a', threads: 'b', edges: '' });
    expect(filters('/ a enter enter / b enter').edges).to.equal('b');
    expect(filters('/ a enter enter / b enter enter')).to.deep.equal({ functions: 'a', threads: '', edges: '' });
    expect(filters('/ a enter enter escape').functions, 'still there when one comes back').to.equal('a');
  });

  it('opens callers and callees, and theirs, and comes back', () => {
    const opened = after('down enter');
    expect(opened.state).to.deep.include({ list: 'edges', opened: [2], selected: null });
    expect(opened.kinds).to.deep.equal(['edges']);
    const deeper = after('enter', { keys: ['callee:7'] }, opened.state);
    expect(deeper.state.opened).to.deep.equal([2, 7]);
    const back = after('escape', {}, deeper.state);
    expect([back.state.opened, back.kinds]).to.deep.equal([[2], ['edges']]);
    expect(after('backspace', {}, back.state).state).to.deep.include({
      ...{ list: 'functions', selected: 'functions:2', index: 1 },
    });
    expect(after('enter', { keys: [] }).state.list, 'nothing to open').to.equal('functions');
  });

  it('goes from thread to thread', () => {
    const thread = (keys: string) => after(keys).state.thread;
    expect(thread(']')).to.equal(0);
    expect(thread('] ]')).to.equal(4);
    expect(thread('] ] ]'), 'all').to.equal(null);
    expect(thread('[')).to.equal(4);
    expect(thread('[ a')).to.equal(null);
    expect(after('] p ]').state.isPaused, 'there is nothing yet to stand still').to.equal(false);
    expect(after('a').actions).to.deep.equal([]);
    const chosen = after('t down enter', { keys: ['thread:0', 'thread:4'] });
    expect(chosen.state).to.deep.include({ list: 'functions', thread: 4 });
    expect(chosen.actions).to.deep.equal([{ kind: 'thread' }]);
    expect(after('t t').state.list).to.equal('functions');
    expect(after('t escape').state.list).to.equal('functions');
  });

  it('saves to the name that is offered, or another one', () => {
    expect(after('w enter').actions).to.deep.equal([{ kind: 'save', path: 'everycall-1.json.gz' }]);
    expect(after('w ctrl-u p . h t m l enter').actions).to.deep.equal([{ kind: 'save', path: 'p.html' }]);
    expect(after('w escape').state.prompt).to.equal(null);
    expect(after('w ctrl-u enter').actions).to.deep.equal([]);
  });

  it('starts, stops, clears, suspends, pauses, helps and quits', () => {
    expect(after('s C ctrl-z q').kinds).to.deep.equal(['toggle', 'clear', 'suspend', 'quit']);
    expect(after('c').actions, 'not by a slip').to.deep.equal([]);
    expect(after('p').state.isPaused).to.equal(true);
    expect(after('p space').state.isPaused).to.equal(false);
    expect(after('?').state.isHelp).to.equal(true);
    const left = after('? q');
    expect([left.state.isHelp, left.actions]).to.deep.equal([false, []]);
    expect(after('/ ctrl-c').kinds, 'wherever one is').to.deep.equal(['quit']);
  });

  it('leaves by any key but those that move once the process has ended', () => {
    expect(after('down', { isGone: true }).actions).to.deep.equal([]);
    for (const key of ['x', 'enter', 'escape', 's', '/']) {
      expect(after(key, { isGone: true }).kinds).to.deep.equal(['quit']);
    }
  });

  it('forgets the last message', () => {
    const from = { ...initialState(parseTopSort('calls')), message: 'saved' };
    expect(after('x', {}, from).state.message).to.equal('');
  });
});

describe('settled()', () => {
  const state = (more: Partial<TopState>): TopState => ({ ...initialState(parseTopSort('calls')), ...more });

  it('keeps the row as rows change places, and in sight', () => {
    const at = (selected: string, keys: readonly string[], scroll = 0) => {
      const { index, scroll: to } = settled(state({ selected, index: 1, scroll }), { keys, height: 2 });
      return [index, to];
    };
    expect(at('b', ['a', 'b', 'c', 'd'])).to.deep.equal([1, 0]);
    expect(at('b', ['a', 'c', 'd', 'b'])).to.deep.equal([3, 2]);
    expect(at('b', ['b', 'a', 'c', 'd'], 2)).to.deep.equal([0, 0]);
    expect(at('gone', ['a', 'c']), 'the place that it had').to.deep.equal([1, 0]);
    expect(at('gone', [])).to.deep.equal([0, 0]);
    expect(settled(state({ scroll: 3 }), { keys: ['a'], height: 0 }).scroll).to.equal(0);
  });
});
