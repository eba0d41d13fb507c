// One measurement in a process of its own: child.ts WHAT ARGUMENTS…, as JSON each. Prints its result as one line of JSON.
import { costsOfShape } from './events.ts';
import { snapshotCost } from './snapshots.ts';

const MEASUREMENTS = {
  events: costsOfShape,
  snapshots: snapshotCost,
} as Record<string, (...args: never[]) => unknown>;

const [what, ...args] = process.argv.slice(2);
const result = await MEASUREMENTS[what](...(args.map((arg) => JSON.parse(arg) as unknown) as never[]));
process.stdout.write(JSON.stringify(result) + '\n');
process.exit(); // a ticker is left as it is
