// What holds for every snapshot, also of threads that are in the middle of an event: every number is one that was there.

/** The first thing that is wrong with the profile, in words; `null` if nothing is. */
export function problemOf({ functions, edges, threads }) {
  const calls = new Float64Array(functions.length);
  const primitiveCalls = new Float64Array(functions.length);
  const check = (row, title) => {
    for (const column of ['calls', 'primitiveCalls', 'selfWallNs', 'totalWallNs', 'resumes', 'awaitNs']) {
      if (!(row[column] >= 0 && row[column] < 2 ** 53)) return `${title}: ${column} is ${row[column]}`;
    }
    if (row.primitiveCalls > row.calls) return `${title}: ${row.primitiveCalls} of ${row.calls} calls are primitive`;
    return null;
  };
  for (const edge of edges) {
    const title = `${functions[edge.caller].name} → ${functions[edge.callee].name}`;
    const problem = check(edge, title);
    if (problem !== null) return problem;
    if (edge.selfWallNs > edge.totalWallNs) return `${title}: self ${edge.selfWallNs} above total ${edge.totalWallNs}`;
    calls[edge.callee] += edge.calls;
    primitiveCalls[edge.callee] += edge.primitiveCalls;
  }
  let sum = 0;
  for (const fn of functions) {
    if (fn.kind === 'gc') continue;
    const problem = check(fn, fn.name);
    if (problem !== null) return problem;
    sum += fn.calls;
    if (fn.kind === 'root') continue;
    if (calls[fn.id] !== fn.calls) return `${fn.name}: ${fn.calls} calls, by its edges ${calls[fn.id]}`;
    if (primitiveCalls[fn.id] !== fn.primitiveCalls) return `${fn.name}: primitive calls are not those of its edges`;
    if (fn.selfWallNs > fn.totalWallNs) return `${fn.name}: self ${fn.selfWallNs} above total ${fn.totalWallNs}`;
    if (!(fn.open >= 0)) return `${fn.name}: open ${fn.open}`;
  }
  for (const thread of threads) {
    if (!(thread.calls >= 0 && thread.wallNs >= 0)) return `thread ${thread.name}: ${thread.calls} calls`;
  }
  const ofFunctions = sum;
  return Number.isSafeInteger(ofFunctions) ? null : `${ofFunctions} calls`;
}
