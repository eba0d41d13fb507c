// Self times out of a .cpuprofile, as V8 writes it: each sample's node, and how long after the sample before it.

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * Self time by function name, in ns. A sample lasts until the next one. What the functions in `ofCaller` take is their
 * caller's, as that of uninstrumented functions is with everycall.
 */
export function selfNsOf(
  { nodes, samples, timeDeltas }: CpuProfile,
  ofCaller: ReadonlySet<string>,
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));
  const self = new Map<string, number>();
  samples.forEach((sample, i) => {
    let id = sample;
    while (ofCaller.has(byId.get(id)!.callFrame.functionName) && parentOf.has(id)) id = parentOf.get(id)!;
    const { functionName } = byId.get(id)!.callFrame;
    self.set(functionName, (self.get(functionName) ?? 0) + (timeDeltas[i + 1] ?? 0) * 1000);
  });
  return self;
}
