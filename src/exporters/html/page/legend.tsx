// Which colour stands for which package or folder; the largest only. A click looks for it.
import { shadeOf } from './flame-colors.ts';
import type { Group } from './flame-colors.ts';

const MOST = 8;

export interface LegendProps {
  readonly groups: readonly Group[];
  readonly isDark: boolean;
  onPick(query: string): void;
}

export function Legend({ groups, isDark, onPick }: LegendProps) {
  const shown = groups.filter(({ name, selfWallNs }) => name !== '' && selfWallNs > 0).slice(0, MOST);
  if (shown.length < 2) return null;
  return (
    <ul class="legend" aria-label="Colours of packages and folders">
      {shown.map((group) => (
        <li key={group.name}>
          <button type="button" title={`Search for ${group.name}`} onClick={() => onPick(group.name)}>
            <span class="swatch" style={{ background: shadeOf(group, 0, isDark).fill }} aria-hidden="true" />
            {group.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
