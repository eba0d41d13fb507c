// A function's figures by thread or by tag.
import type { FunctionStats } from '../../../profile.ts';
import type { byTag, byThread } from '../../../statistics/breakdown.ts';
import { percent } from '../../figures.ts';
import { Count, Share, Time } from './format.tsx';

export interface BreakdownProps {
  readonly title: string;
  readonly rows: readonly {
    readonly name: string;
    readonly row: ReturnType<typeof byThread>[number] | ReturnType<typeof byTag>[number];
  }[];
  readonly fn: FunctionStats;
  readonly hasCpu: boolean;
}

export function Breakdown({ title, rows, fn, hasCpu }: BreakdownProps) {
  const sorted = [...rows].sort((a, b) => b.row.selfWallNs - a.row.selfWallNs || b.row.calls - a.row.calls);
  return (
    <section class={`breakdown ${title.toLowerCase()}`}>
      <h3>{title}</h3>
      <div class="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">{title === 'Tags' ? 'tag' : 'thread'}</th>
              <th scope="col">calls</th>
              <th scope="col">self wall</th>
              {hasCpu && <th scope="col">self cpu</th>}
              <th scope="col">total wall</th>
              {hasCpu && <th scope="col">total cpu</th>}
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ name, row }) => (
              <tr key={name}>
                <th scope="row">
                  <span class="name">{name}</span>
                </th>
                <td>
                  <Count n={row.calls} />
                </td>
                <td title={fn.selfWallNs > 0 ? percent(row.selfWallNs / fn.selfWallNs) : undefined}>
                  <Share of={fn.selfWallNs > 0 ? row.selfWallNs / fn.selfWallNs : 0}>
                    <Time ns={row.selfWallNs} />
                  </Share>
                </td>
                {hasCpu && (
                  <td>
                    <Time ns={row.selfCpuNs} />
                  </td>
                )}
                <td>
                  <Time ns={row.totalWallNs} />
                </td>
                {hasCpu && (
                  <td>
                    <Time ns={row.totalCpuNs} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
