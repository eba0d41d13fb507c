// Reads docs/recipes.md: a `##` heading begins a recipe; a code block whose language is followed by a name is that file, a
// `sh` block are commands, and a `text` block after it are lines that they print, in that order.

export interface Step {
  readonly commands: string;
  /** Lines, in which `…` is any text and blanks are any number of blanks. */
  readonly expected: readonly string[];
}

export interface Recipe {
  readonly title: string;
  /** The oldest Node that it is for, `major.minor`, where the tools need a newer one than everycall does. */
  readonly node: string | undefined;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export function parseRecipes(page: string): Recipe[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading] = section.split('\n', 1);
      const needs = / \(Node ≥ (\d+(?:\.\d+)?)\)$/.exec(heading);
      return {
        title: needs === null ? heading : heading.slice(0, needs.index),
        node: needs?.[1],
        ...blocksOf(section),
      };
    });
}

function blocksOf(section: string): Pick<Recipe, 'files' | 'steps'> {
  const files: Record<string, string> = {};
  const steps: { commands: string; expected: string[] }[] = [];
  for (const [, language, name, text] of section.matchAll(/^```(\w+)(?: +(\S+))?\n([^]*?)^```$/gm)) {
    if (name !== undefined) files[name] = text;
    else if (language === 'sh') steps.push({ commands: text, expected: [] });
    else if (language === 'text') steps.at(-1)?.expected.push(...text.trimEnd().split('\n'));
    else throw new Error(`docs/recipes.md: expected a file name after ${language}, or sh, or text`);
  }
  return { files, steps };
}

/** Whether this Node is new enough for the recipe. */
export function isPlayable({ node }: Recipe): boolean {
  if (node === undefined) return true;
  const [major, minor = 0] = node.split('.').map(Number);
  const [ours, oursMinor] = process.versions.node.split('.').map(Number);
  return ours > major || (ours === major && oursMinor >= minor);
}

/** The expected lines that are not printed, or not in this order. */
export function unmet(expected: readonly string[], printed: string): string[] {
  const lines = printed.split('\n');
  let from = 0;
  return expected.filter((line) => {
    const at = lines.findIndex((candidate, i) => i >= from && patternOf(line).test(candidate));
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

/** What may stand before and after a line is left open, but not in the middle of a word. */
function patternOf(line: string): RegExp {
  const literal = line
    .trim()
    .split(/(\s*…\s*|\s+)/)
    .map((part) =>
      part.includes('…') ? '.*' : /^\s/.test(part) ? '\\s+' : part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`(?<![\\w.])${literal}(?![\\w.])`);
}
