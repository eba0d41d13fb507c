// Which functions call each other in circles: the strongly connected components of a call graph, by Tarjan's algorithm
// (R. Tarjan, "Depth-first search and linear graph algorithms", 1972). No recursion of its own: call graphs are deep.

/**
 * Components of the graph on nodes `0 … nodeCount-1`, callees before their callers: whatever a component calls outside
 * itself has come earlier in the list. `callees[n]` are the nodes that `n` calls. O(nodes + edges).
 */
export function componentsCalleesFirst(nodeCount: number, callees: readonly (readonly number[])[]): number[][] {
  const components: number[][] = [];
  const order = new Int32Array(nodeCount).fill(-1); // when a node was first seen; -1: not yet
  const lowest = new Int32Array(nodeCount); // earliest node on `path` it can get back to
  const onPath = new Uint8Array(nodeCount);
  const next = new Int32Array(nodeCount); // index of the callee to look at next
  const path: number[] = []; // seen, and not yet in a component
  let seen = 0;

  for (let start = 0; start < nodeCount; start++) {
    if (order[start] >= 0) continue;
    const visit = [start];
    while (visit.length > 0) {
      const node = visit[visit.length - 1];
      if (order[node] < 0) {
        order[node] = lowest[node] = seen++;
        path.push(node);
        onPath[node] = 1;
      }
      if (next[node] < callees[node].length) {
        const callee = callees[node][next[node]++];
        if (order[callee] < 0) visit.push(callee);
        else if (onPath[callee] === 1) lowest[node] = Math.min(lowest[node], order[callee]);
        continue;
      }
      visit.pop();
      if (visit.length > 0) {
        const caller = visit[visit.length - 1];
        lowest[caller] = Math.min(lowest[caller], lowest[node]);
      }
      if (lowest[node] === order[node]) {
        const component = path.splice(path.lastIndexOf(node));
        for (const member of component) onPath[member] = 0;
        components.push(component);
      }
    }
  }
  return components;
}
