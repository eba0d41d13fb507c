// One measurement in a process of its own: child.ts WHAT ARGUMENTS…, as JSON each. Prints its result as one line of JSON.
import { costsOfShape } from './events.ts';
import { lengthCosts } from './lengths.ts';
import { pauses } from './pauses.ts';
import { snapshotCost } from './snapshots.ts';
import { readerCost, threadCosts } from './threads.ts';
import { tickCosts } from './ticks.ts';

const MEASUREMENTS = {
  events: costsOfShape,
  lengths: lengthCosts,
  pauses,
  reader: readerCost,
  snapshots: snapshotCost,
  threads: threadCosts,
  ticks: tickCosts,
} as Record<string, (...args: never[]) => unknown>;

const [what, ...args] = process.argv.slice(2);
const result = await MEASUREMENTS[what](...(args.map((arg) => JSON.parse(arg) as unknown) as never[]));
process.stdout.write(JSON.stringify(result) + '\n');
process.exit(); // a ticker is left as it is
