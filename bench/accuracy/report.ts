// The tables of the accuracy bench, as Markdown. Pure.
import { table } from '../markdown.ts';
import type { FunctionError } from './errors.ts';
import type { Coverage } from './standard-errors.ts';

export interface ProgramErrors {
  readonly program: string;
  /** CPU time of the original beyond what its functions are known to take, as a share. */
  readonly truthMisses: number;
  readonly variants: readonly {
    readonly variant: string;
    readonly worstRatio: number;
    readonly functions: readonly FunctionError[];
  }[];
}

const signed = (share: number, digits = 1) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(digits)}`;
const nameOf = (variant: string) => variant.replace(/^cpu-prof:(\d+)$/, (_, us: string) => `cpu-prof, ${us} µs`);

/** One row a program: the largest error of a share, and of a ratio, in each variant. */
export function overview(results: readonly ProgramErrors[]): string {
  const variants = results[0]?.variants.map(({ variant }) => variant) ?? [];
  const worstShare = (errors: readonly FunctionError[]) => Math.max(...errors.map(({ share }) => Math.abs(share)));
  const rows = results.map(({ program, variants: found }) => [
    program,
    ...found.map(({ functions, worstRatio }) => {
      return `${(worstShare(functions) * 100).toFixed(1)}; ${worstRatio.toFixed(2)}`;
    }),
  ]);
  return [
    '### Largest error of a share in percentage points; largest factor by which a ratio between two functions is off',
    table(['program', ...variants.map(nameOf)], rows),
  ].join('\n\n');
}

/** One row a function: its true time, and by how many percent each variant misses it. */
export function errorTable({ program, truthMisses, variants }: ProgramErrors): string {
  const truth = variants[0].functions;
  const sum = truth.reduce((total, { trueNs }) => total + trueNs, 0);
  const rows = truth.map(({ name, trueNs }, f) => [
    `${name} (${((trueNs / sum) * 100).toFixed(1)} %)`,
    (trueNs / 1000).toFixed(1),
    ...variants.map(({ functions }) => signed(functions[f].time)),
  ]);
  return [
    `**${program}**: error of self time in %. The original takes ${signed(truthMisses)} % of CPU time beyond the functions' own.`,
    table(['function (true share)', 'true µs a round', ...variants.map(({ variant }) => nameOf(variant))], rows),
  ].join('\n\n');
}

export function coverageTable(
  checked: readonly { readonly program: string; readonly coverage: readonly Coverage[] }[],
): string {
  const percent = (share: number) => (share * 100).toFixed(0);
  const rows = checked.flatMap(({ program, coverage }) =>
    coverage.map(({ name, spans, stated, spreadOverStated, within }) => [
      `${program}: ${name}`,
      String(spans),
      percent(stated),
      spreadOverStated.toFixed(2),
      ...within.map(percent),
    ]),
  );
  const head = [
    'function',
    'spans',
    'stated error, % of the time',
    'real over stated',
    '% within 1',
    'within 2',
    'within 3',
  ];
  return ['### Standard errors of the sampled precision', table(head, rows)].join('\n\n');
}
