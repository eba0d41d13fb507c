// Every recipe of docs/recipes.md, executed from its text: files are written, commands run, and what they print must
// contain what the page shows. The page itself says how to read it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { currentTools } from './support/current-tools.ts';
import { installedProject } from './support/installed.ts';
import { isPlayable, parseRecipes, unmet } from './support/recipes.ts';
import type { Recipe } from './support/recipes.ts';

const page = readFileSync(fileURLToPath(new URL('../docs/recipes.md', import.meta.url)), 'utf8');
const recipes = parseRecipes(page);

describe('docs/recipes.md', () => {
  it('has recipes, each with a command and what it prints', () => {
    expect(recipes).to.not.be.empty;
    for (const { title, steps } of recipes) {
      expect(
        steps.some(({ expected }) => expected.length > 0),
        `${title}: a command and what it prints`,
      ).to.equal(true);
    }
  });

  for (const recipe of recipes.filter(isPlayable)) it(`${recipe.title}: works as written`, () => play(recipe));
});

async function play({ files, steps, node }: Recipe): Promise<void> {
  const project = installedProject(files, { overlay: node === undefined ? undefined : currentTools() });
  try {
    for (const { commands, expected } of steps) {
      const { code, stdout, stderr } = await project.shell(commands);
      const printed = stdout + stderr;
      const context = `${commands}\nexit code ${code}, printed:\n${printed}`;
      expect(unmet(expected, printed), context).to.deep.equal([]);
      expect(code, context).to.equal(0);
    }
  } finally {
    project.remove();
  }
}

describe('the reader of recipes', () => {
  const text = [
    '# Page',
    '## One',
    'Some words.',
    '```js app.js',
    'f();',
    '```',
    '```sh',
    'node app.js',
    '```',
    '```text',
    'f  …  3',
    '```',
    '## Two (Node ≥ 99)',
    '```sh',
    'true',
    '```',
  ].join('\n');

  it('finds files, commands and what is expected of them', () => {
    const [one, two] = parseRecipes(text);
    expect(one.title).to.equal('One');
    expect(one.files).to.deep.equal({ 'app.js': 'f();\n' });
    expect(one.steps).to.deep.equal([{ commands: 'node app.js\n', expected: ['f  …  3'] }]);
    expect(isPlayable(one)).to.equal(true);
    expect(isPlayable(two)).to.equal(false);
  });

  it('tells what was not printed, whatever the width of columns', () => {
    expect(unmet(['f  …  3'], 'x\nf    app.js:1   3   1 ms\n')).to.deep.equal([]);
    expect(unmet(['f  …  3'], 'f    app.js:1   31   1 ms\n')).to.deep.equal(['f  …  3']);
    expect(unmet(['a', 'b'], 'b\na\n'), 'in this order').to.deep.equal(['b']);
  });
});
