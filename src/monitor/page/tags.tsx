// What ran under each tag.
import { Empty } from '../../exporters/html/page/empty.tsx';
import { roughly } from '../../exporters/html/page/format.tsx';
import { Lanes } from '../../exporters/html/page/lanes.tsx';
import type { TagRow } from './model.ts';

export function Tags({ tags, hasCpu }: { readonly tags: readonly TagRow[]; readonly hasCpu: boolean }) {
  if (tags.length === 0) {
    return (
      <Empty title="No tags">
        A program gives names to what it does by withTag(): requests by route, jobs by kind. Their sums stand here.
      </Empty>
    );
  }
  return (
    <Lanes
      title="Tags"
      factNames={['calls/s']}
      lanes={[...tags]
        .sort((a, b) => b.wallNs - a.wallNs)
        .map((tag) => ({
          choice: tag.name,
          isFixed: true,
          name: tag.name,
          facts: [roughly(tag.callsPerSecond)],
          wallNs: tag.wallNs,
          cpuNs: tag.cpuNs,
          calls: tag.calls,
        }))}
      hasCpu={hasCpu}
      chosen=""
      onChoose={() => {}}
    />
  );
}
