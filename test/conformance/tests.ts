// The tests of a test262 checkout: which there are, and what the comment in front of each asks of whoever runs it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ConformanceTest {
  /** In the checkout's `test`, with slashes. */
  readonly name: string;
  readonly source: string;
  readonly flags: ReadonlySet<string>;
  /** Files of the checkout's `harness` that it needs beside the usual two. */
  readonly includes: readonly string[];
  /** When it must fail, and with what. */
  readonly negative: { readonly phase: string; readonly type: string } | null;
}

/** Names of all tests below some folders of `test`, in the order of the alphabet. */
export function listTests(checkout: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    (readdirSync(join(checkout, 'test', folder), { recursive: true }) as string[])
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.js') && !name.includes('_FIXTURE'))
      .sort(),
  );
}

export function readTest(checkout: string, name: string): ConformanceTest {
  const source = readFileSync(join(checkout, 'test', name), 'utf8');
  const front = /\/\*---([^]*?)---\*\//.exec(source)?.[1] ?? '';
  const [, phase, type] = /^\s*negative:\s+phase: *(\w+)\s+type: *(\w+)/m.exec(front) ?? [];
  return {
    name,
    source,
    flags: new Set(listIn(front, 'flags')),
    includes: listIn(front, 'includes'),
    negative: phase === undefined ? null : { phase, type },
  };
}

/** Whether the test calls this a pass. `outcome` as `outcomeOf` tells it. */
export function isPass({ negative }: ConformanceTest, outcome: string): boolean {
  if (negative === null) return outcome === 'done' || outcome === 'Test262:AsyncTestComplete';
  // Node parses what a module imports, and links it, in one go.
  const phase = { parse: 'parse', resolution: 'link', runtime: 'run' }[negative.phase];
  return outcome.startsWith(`${phase}: ${negative.type}:`);
}

/** A list in the little YAML that the tests use: `key: [a, b]`, or a line `- a` for each. */
function listIn(front: string, key: string): string[] {
  const inline = new RegExp(`^\\s*${key}: *\\[([^\\]]*)\\]`, 'm').exec(front)?.[1];
  if (inline !== undefined) {
    return inline
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean);
  }
  const lines = new RegExp(`^\\s*${key}: *[\\r\\n]+((?:\\s*- .*[\\r\\n]*)+)`, 'm').exec(front)?.[1] ?? '';
  return [...lines.matchAll(/- *(.*\S)/g)].map((match) => match[1]);
}
