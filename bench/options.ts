// The command line of the bench. Whatever is wrong with it is one line, before anything is run.
import { accessSync, constants } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { here, PROGRAMS } from './programs.ts';
import type { Program } from './programs.ts';
import { isFor, VARIANTS } from './variants.ts';
import type { Variant } from './variants.ts';

/** What is measured besides programs. */
export const EXTRAS = ['start-up', 'ticker', 'languages'] as const;
export type Extra = (typeof EXTRAS)[number];

export interface Plan {
  readonly nodes: readonly string[];
  readonly programs: readonly Program[];
  readonly extras: readonly Extra[];
  variantsFor(program: Program): readonly Variant[];
  readonly rounds: number;
  /** How long a process is timed, warm-up included; a real program twice, a server under load three and the pool six times as long. */
  readonly seconds: number;
  /** Runs of a process, however long they take. */
  readonly minRuns: number;
  readonly out: string;
  /** Results to make the tables of again, instead of measuring. */
  readonly from: string | undefined;
  /** Say what options there are, and nothing else. */
  readonly help: boolean;
}

export class BadOption extends Error {}

export const USAGE = `npm run bench -- [options]         about eight minutes; bench:full: everything
  --node PATH      a Node to measure with; may be repeated
  --program NAME   only this program, ${EXTRAS.join(', ')}, or a CommonJS file with run and expected
  --variant NAME   only this row, beside the original; may be repeated
  --rounds N       processes a row
  --seconds N      how long each of them is timed
  --out DIR        where <date>-<node>.json and .md go; default: bench/results
  --from FILE      makes the tables of such a JSON file again`;

export function parsePlan(args: readonly string[]): Plan {
  const values = parse(args);
  const { full = false } = values;
  const names = values.program;
  const rounds = number('--rounds', values.rounds, full ? 5 : 3);
  if (!Number.isInteger(rounds)) throw new BadOption(`--rounds: expected a whole number, got ${values.rounds}`);
  const variants = values.variant?.map(variantNamed);
  for (const node of values.node ?? []) readable('--node', node, constants.X_OK);
  if (values.from !== undefined) readable('--from', values.from, constants.R_OK);
  return {
    nodes: values.node?.map((node) => resolve(node)) ?? [process.execPath],
    programs:
      names?.filter((name) => !isExtra(name)).map(programNamed) ?? PROGRAMS.filter(({ quick }) => full || quick),
    extras: EXTRAS.filter((extra) => names?.includes(extra) ?? (full || extra !== 'languages')),
    variantsFor: ({ kind }) =>
      VARIANTS.filter((variant) => {
        if (!isFor(variant, kind)) return false;
        if (variants === undefined) return full || variant.quick.includes(kind);
        return variant.name === 'original' || variants.includes(variant);
      }),
    rounds,
    seconds: number('--seconds', values.seconds, full ? 1 : 0.4),
    minRuns: full ? 5 : 3,
    out: values.out === undefined ? here('results') : resolve(values.out),
    from: values.from,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        node: many,
        program: many,
        variant: many,
        rounds: text,
        seconds: text,
        out: text,
        from: text,
        full: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new BadOption((error as Error).message.split(/[.\n]/)[0]);
  }
}

function number(option: string, given: string | undefined, otherwise: number): number {
  const value = Number(given ?? otherwise);
  if (given === '' || !(value > 0) || value > 1000) {
    throw new BadOption(`${option}: expected a number above 0 and up to 1000, got ${given}`);
  }
  return value;
}

const isExtra = (name: string): boolean => (EXTRAS as readonly string[]).includes(name);

function programNamed(name: string): Program {
  const known = PROGRAMS.find((program) => program.name === name);
  if (known !== undefined) return known;
  if (name.endsWith('.cjs')) return programOf(resolve(name));
  throw new BadOption(
    `--program: expected one of ${[...PROGRAMS.map((each) => each.name), ...EXTRAS].join(', ')}, or a .cjs file, got ${name}`,
  );
}

/** A program of whoever runs the bench; its folder is instrumented. */
function programOf(file: string): Program {
  readable('--program', file, constants.R_OK);
  const folders = [`${dirname(file).replaceAll('\\', '/')}/`];
  return { name: basename(file, '.cjs'), kind: 'micro', quick: false, file, folders, packages: [] };
}

function variantNamed(name: string): Variant {
  const known = VARIANTS.find((variant) => variant.name === name);
  if (known === undefined) {
    throw new BadOption(`--variant: expected one of ${VARIANTS.map((each) => each.name).join(', ')}, got ${name}`);
  }
  return known;
}

function readable(option: string, path: string, mode: number): void {
  try {
    accessSync(path, mode);
  } catch {
    throw new BadOption(`${option}: no such file: ${path}`);
  }
}
