// Threads and tags as tables: how long each ran, what it was charged, and a click that shows only it.
import type { ComponentChildren } from 'preact';
import { Count, Share, Time } from './format.tsx';

export interface Lane {
  /** Value of the selector that stands for it. */
  readonly choice: string;
  /** Whether it cannot be chosen: it has no figures of its own. */
  readonly isFixed?: boolean;
  readonly name: string;
  readonly facts: readonly ComponentChildren[];
  readonly wallNs: number;
  readonly cpuNs: number | null;
  readonly calls: number;
}

export interface LanesProps {
  readonly title: string;
  readonly factNames: readonly string[];
  readonly lanes: readonly Lane[];
  readonly hasCpu: boolean;
  readonly chosen: string;
  onChoose(choice: string): void;
}

export function Lanes({ title, factNames, lanes, hasCpu, chosen, onChoose }: LanesProps) {
  const longestNs = Math.max(1, ...lanes.map(({ wallNs }) => wallNs));
  return (
    <div class="lanes">
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{title.toLowerCase().replace(/s$/, '')}</th>
            {factNames.map((name) => (
              <th scope="col" key={name} class="fact">
                {name}
              </th>
            ))}
            <th scope="col">calls</th>
            <th scope="col">wall</th>
            {hasCpu && <th scope="col">cpu</th>}
            {hasCpu && <th scope="col">cpu %</th>}
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <tr
              key={lane.choice}
              aria-selected={lane.choice === chosen}
              class={lane.choice === chosen ? 'chosen' : undefined}
            >
              <th scope="row">
                {lane.isFixed === true ? (
                  <span class="name">{lane.name}</span>
                ) : (
                  <button
                    type="button"
                    class="name"
                    aria-pressed={lane.choice === chosen}
                    title="Show only its figures"
                    onClick={() => onChoose(lane.choice === chosen ? '' : lane.choice)}
                  >
                    {lane.name}
                  </button>
                )}
                {lane.choice === chosen && lane.isFixed !== true && <small> shown alone</small>}
              </th>
              {lane.facts.map((fact, i) => (
                <td key={factNames[i]} class="fact">
                  {fact}
                </td>
              ))}
              <td>
                <Count n={lane.calls} />
              </td>
              <td>
                <Share of={lane.wallNs / longestNs}>
                  <Time ns={lane.wallNs} />
                </Share>
              </td>
              {hasCpu && (
                <td>
                  <Time ns={lane.cpuNs} />
                </td>
              )}
              {hasCpu && (
                <td>
                  {lane.cpuNs === null || lane.wallNs === 0 ? '–' : `${((lane.cpuNs / lane.wallNs) * 100).toFixed(0)}%`}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
