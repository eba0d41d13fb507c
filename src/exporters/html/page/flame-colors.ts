// What a frame is painted with: its package's (or folder's) colour, slightly different from function to function. Colours
// only group: whatever they say is also written. No DOM.
import type { FunctionStats } from '../../../profile.ts';
import { OWN_PACKAGE, packageOf } from '../../../statistics/package-name.ts';

export interface Group {
  readonly name: string;
  readonly selfWallNs: number;
  /** Place among the groups by time, from 0. */
  readonly rank: number;
}

/** Hues that stay apart, the calm and warm ones first. */
const HUES = [24, 205, 44, 160, 268, 350, 185, 88, 232, 310, 64, 128];

/** The groups by time, and of each function by id its group. */
export function groupsOf(functions: readonly FunctionStats[]): { groups: Group[]; groupOf: readonly Group[] } {
  const nameOfFile = new Map<string, string>();
  const names = functions.map((fn) => {
    const id = fn.file === '' ? fn.kind : fn.file;
    const known = nameOfFile.get(id) ?? groupName(fn);
    nameOfFile.set(id, known);
    return known;
  });
  const sums = new Map<string, number>();
  functions.forEach((fn, i) =>
    sums.set(names[i], (sums.get(names[i]) ?? 0) + (fn.kind === 'root' ? 0 : fn.selfWallNs)),
  );
  const groups = [...sums]
    .sort((a, b) => b[1] - a[1])
    .map(([name, selfWallNs], rank): Group => ({ name, selfWallNs, rank }));
  const byName = new Map(groups.map((group) => [group.name, group]));
  return { groups, groupOf: names.map((name) => byName.get(name)!) };
}

/** The package; of the program itself the folder. */
export function groupName({ file, kind }: Pick<FunctionStats, 'file' | 'kind'>): string {
  if (file === '') return kind === 'root' ? '' : '(everycall)';
  const name = packageOf({ file });
  if (name !== OWN_PACKAGE) return name;
  const folders = file.split('/').slice(0, -1);
  return folders.slice(-2).join('/') || '(top folder)';
}

export interface Shade {
  readonly fill: string;
  readonly text: string;
}

export function shadeOf(group: Group, fn: number, isDark: boolean): Shade {
  const hue = HUES[group.rank % HUES.length];
  const step = ((fn * 2654435761) >>> 0) % 5; // neighbours differ a little
  // Round after round the hues come again, paler.
  const pale = Math.min(2, Math.floor(group.rank / HUES.length)) * 12;
  return isDark
    ? { fill: `hsl(${hue} ${38 - pale}% ${27 + step * 2}%)`, text: '#f3eee8' }
    : { fill: `hsl(${hue} ${66 - pale}% ${76 + step * 2}%)`, text: '#24211e' };
}
