// Callers or callees of a function, with the figures of the edge: what this pair did, not what the other function did at
// large.
import { useEffect, useState } from 'preact/hooks';
import type { EdgeStats, FunctionStats } from '../../../profile.ts';
import type { Clock } from '../../../statistics/columns.ts';
import { Count, Share, Time, whole } from './format.tsx';

/** Rows shown before one asks for all. */
const FEW = 25;

/** The line is that of the call in the caller, 0 where it is not known. */
export type EdgeFigures = Pick<
  EdgeStats,
  'caller' | 'callee' | 'line' | 'calls' | 'totalWallNs' | 'totalCpuNs' | 'selfWallNs'
>;

export interface EdgeTableProps {
  readonly fn: Pick<FunctionStats, 'id'>;
  /** By id. */
  readonly functions: readonly Pick<FunctionStats, 'id' | 'name' | 'kind' | 'file'>[];
  readonly clock: Clock;
  readonly hasCpu: boolean;
  readonly title: string;
  readonly edges: readonly EdgeFigures[];
  /** How many more there are that are not in the page. */
  readonly cut: number;
  /** The end that the rows are about. */
  readonly end: 'caller' | 'callee';
  readonly none: string;
  onOpen(fn: number): void;
}

export function EdgeTable({ title, edges, cut, end, none, fn, functions, clock, hasCpu, onOpen }: EdgeTableProps) {
  const [isWhole, setWhole] = useState(false);
  useEffect(() => setWhole(false), [fn.id]);
  const shown = isWhole ? edges : edges.slice(0, FEW);
  const timeOf = (edge: EdgeFigures) => (clock === 'wall' ? edge.totalWallNs : edge.totalCpuNs);
  const sumNs = edges.reduce((sum, edge) => sum + (timeOf(edge) ?? 0), 0);
  return (
    <section class={`edges ${end}s`}>
      <h3>
        {title} <small>{whole(edges.length)}</small>
      </h3>
      {edges.length === 0 ? (
        <p class="nothing">{cut === 0 ? none : ''}</p>
      ) : (
        <div class="scroll-x">
          <table>
            <thead>
              <tr>
                <th scope="col">function</th>
                <th scope="col">calls</th>
                <th scope="col">total wall</th>
                {hasCpu && <th scope="col">total cpu</th>}
                <th scope="col" title="Of the other function, when called by this pair">
                  self wall
                </th>
                <th scope="col" title={`Total time a call of this pair (${clock})`}>
                  avg
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((edge) => {
                const other = functions[edge[end]];
                const caller = functions[edge.caller];
                const totalNs = timeOf(edge);
                return (
                  <tr key={other.id} data-fn={other.id}>
                    <th scope="row">
                      {other.kind === 'root' ? (
                        <span class="name">{other.name}</span>
                      ) : (
                        <button
                          type="button"
                          class="name"
                          title={`${other.name}\n${other.file}`}
                          onClick={() => onOpen(other.id)}
                        >
                          {other.name}
                        </button>
                      )}
                      {edge.caller === edge.callee && <small> recursive</small>}
                      {edge.line > 0 && (
                        <span class="place" title={`Called in ${caller.file} at line ${edge.line}`}>
                          <bdi>{`${baseName(caller.file)}:${edge.line}`}</bdi>
                        </span>
                      )}
                    </th>
                    <td>
                      <Count n={edge.calls} />
                    </td>
                    <td>
                      <Share of={clock === 'wall' && sumNs > 0 ? edge.totalWallNs / sumNs : 0}>
                        <Time ns={edge.totalWallNs} />
                      </Share>
                    </td>
                    {hasCpu && (
                      <td>
                        <Share of={clock === 'cpu' && sumNs > 0 ? (edge.totalCpuNs ?? 0) / sumNs : 0}>
                          <Time ns={edge.totalCpuNs} />
                        </Share>
                      </td>
                    )}
                    <td>
                      <Time ns={edge.selfWallNs} />
                    </td>
                    <td>
                      <Time ns={totalNs === null || edge.calls === 0 ? null : totalNs / edge.calls} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < edges.length && (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          {`Show all ${whole(edges.length)}`}
        </button>
      )}
      {cut > 0 && <p class="nothing">{`${whole(cut)} with less time ${cut === 1 ? 'is' : 'are'} not in this page.`}</p>}
    </section>
  );
}

function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1)!;
}
