// What the examples with tags share: concurrent requests, and a table of what each tag called.
import { byTag, type Profile } from 'everycall';

/** Fetches the paths in turn, `count` requests in all, all at once. */
export async function fetchAll(origin: string, paths: readonly string[], count: number): Promise<void> {
  const requests = Array.from({ length: count }, async (_, i) => {
    const response = await fetch(origin + paths[i % paths.length]);
    if (!response.ok) throw new Error(`${response.status} for ${response.url}: ${await response.text()}`);
    await response.arrayBuffer();
  });
  await Promise.all(requests);
}

/** One line a tag and function: calls, CPU time and time spent waiting. */
export function printByTag({ tags, functions }: Profile): void {
  for (const tag of tags) {
    console.log(tag.name);
    for (const fn of functions) {
      const share = byTag(fn).find((each) => each.tag === tag.id);
      if (share === undefined) continue;
      const cpuMs = ((share.selfCpuNs ?? 0) / 1e6).toFixed(2);
      const awaitMs = (share.awaitNs / 1e6).toFixed(2);
      console.log(`  ${fn.name}: ${share.calls} calls, ${cpuMs} ms CPU, ${awaitMs} ms waiting`);
    }
  }
}
