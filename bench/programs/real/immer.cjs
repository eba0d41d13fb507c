// Changes a frozen tree by drafts: proxies, and copies of what was changed.
const { produce } = require('immer');

const ITEMS = 200;
const CHANGES = 400;
const initial = {
  items: Object.fromEntries(Array.from({ length: ITEMS }, (_, i) => [`i${i}`, { id: i, count: 0, tags: ['new'] }])),
  log: [],
};

exports.run = () => {
  let state = initial;
  for (let i = 0; i < CHANGES; i++) {
    state = produce(state, (draft) => {
      const item = draft.items[`i${i % ITEMS}`];
      item.count += i;
      if (item.tags.length < 2) item.tags.push('changed');
      draft.log.push(item.id);
    });
  }
  return state;
};
exports.check = ({ items, log }) => {
  const all = Object.values(items);
  const sum = all.reduce((total, { count }) => total + count, 0);
  if (sum !== (CHANGES * (CHANGES - 1)) / 2 || log.length !== CHANGES || !all.every(({ tags }) => tags.length === 2)) {
    throw new Error(`sum ${sum}, ${log.length} changes`);
  }
  if (initial.log.length !== 0 || !Object.isFrozen(items)) throw new Error('the state before was changed');
};
