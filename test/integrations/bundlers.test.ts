// The bundlers' plugins with the bundlers themselves: one program of all forms, in TypeScript and JSX and two chunks, built
// without everycall, with it, and with it minified. What the bundles compute, what was recorded of them in Node, where
// their source maps lead, and what is not in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Project } from '../register/programs.ts';
import { driveBundle, recordedCalls } from '../support/driven-bundles.ts';
import type { Driven } from '../support/driven-bundles.ts';
import { countedCalls } from '../support/forms.ts';
import { CAN_RUN_CURRENT_TOOLS, currentTools } from '../support/current-tools.ts';
import { installedProject } from '../support/installed.ts';
import { mappedTokens } from '../support/mapped-tokens.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const SOURCES = ['src/entry.ts', 'src/lazy.ts', 'src/library.ts', 'src/program.tsx'];

/** The bundlers' configurations, the program, and what runs it. */
function projectFiles(): Record<string, string> {
  const files: Record<string, string> = { 'package.json': '{ "type": "module" }' };
  for (const name of readdirSync(join(fixtures, 'bundlers'), { recursive: true, encoding: 'utf8' })) {
    if (/\.\w+$/.test(name)) files[name] = readFileSync(join(fixtures, 'bundlers', name), 'utf8');
  }
  files['src/program.tsx'] = readFileSync(join(fixtures, 'forms', 'program.tsx'), 'utf8');
  return files;
}

type Variant = 'plain' | 'ours' | 'small';

class Builds {
  readonly project: Project;
  readonly #bundler: string;
  readonly #driven = new Map<Variant, Promise<Driven>>();

  constructor(project: Project, bundler: string) {
    this.project = project;
    this.#bundler = bundler;
  }

  /** Runs the bundle once. */
  drive(variant: Variant): Promise<Driven> {
    let driven = this.#driven.get(variant);
    if (!driven)
      this.#driven.set(variant, (driven = driveBundle(this.project, `${this.#bundler}/${variant}/entry.js`)));
    return driven;
  }

  /** Each chunk's code and map. */
  chunks(variant: Variant): { code: string; map: string }[] {
    const folder = this.project.path(`out/${this.#bundler}/${variant}`);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => ({
        code: readFileSync(join(folder, name), 'utf8'),
        map: readFileSync(join(folder, `${name}.map`), 'utf8'),
      }));
  }

  text(variant: Variant): string {
    return this.chunks(variant)
      .map(({ code }) => code)
      .join('\n');
  }

  /** In the form of `countedCalls()`, by file. */
  recorded(driven: Driven): string[] {
    return SOURCES.flatMap((source) =>
      recordedCalls(driven.functions.filter(({ file }) => file === this.project.path(source))).map(
        (each) => `${source} ${each}`,
      ),
    );
  }

  counted({ counts }: Driven): string[] {
    return SOURCES.flatMap((source) =>
      countedCalls(readFileSync(this.project.path(source), 'utf8'), counts).map((each) => `${source} ${each}`),
    );
  }
}

/** Strings that stand only in functions, classes and modules that nobody uses. */
const UNUSED = [
  'shaken out of a module that is used',
  'an arrow shaken out',
  'a class shaken out',
  'shaken out as a whole',
];

/**
 * What we put before or round a token moves its mapping, or is itself a word that programs have, too. `next` and `return` are
 * what compilers make of `for await`: they lead to the loop, which has one more mapping than without us.
 */
const MOVED = /^(?:let|typeof|value|yield|await|async|program|element|next|return)$/;

function works(bundler: string, overlay?: () => string): void {
  let builds: Builds;
  before(async () => {
    const project = installedProject(projectFiles(), { overlay: overlay?.() });
    builds = new Builds(project, bundler);
    const built = await project.node(['build.mjs', bundler]);
    expect(built.code, built.stderr + built.stdout).to.equal(0);
  });
  after(() => builds.project.remove());

  for (const variant of ['ours', 'small'] as const) {
    it(`${variant === 'small' ? 'minified, ' : ''}computes what it did, and is recorded as it stands in the sources`, async () => {
      const plain = await builds.drive('plain');
      const driven = await builds.drive(variant);
      expect(plain.functions).to.deep.equal([]);
      expect(driven.results).to.deep.equal(plain.results);
      expect(driven.counts).to.deep.equal(plain.counts);
      const expected = builds.counted(driven);
      expect(expected).to.have.length(44);
      expect(builds.recorded(driven)).to.deep.equal(expected);
      expect(
        driven.functions.filter(({ file, calls }) => calls > 0 && !file.startsWith(builds.project.path('src/'))),
      ).to.deep.equal([]);
    });
  }

  it('has chunks, the runtime outside of them and maps that they do not name', () => {
    expect(builds.chunks('ours').length).to.be.at.least(2);
    expect(builds.text('ours')).to.match(/["']everycall\/runtime["']/);
    expect(builds.text('ours')).not.to.contain('SharedArrayBuffer').and.not.to.contain('sourceMappingURL');
  });

  it('leaves out what nobody uses, as without us', () => {
    const left = (variant: Variant) => UNUSED.filter((text) => builds.text(variant).includes(text));
    // What webpack and Rspack leave out, their minifiers leave out.
    if (!bundler.endsWith('pack')) expect(left('ours')).to.deep.equal([]);
    expect(left('small')).to.deep.equal([]);
    // The module of which nothing is used has left nothing behind, not even its table.
    expect(builds.text('small')).not.to.contain('unused.ts');
  });

  it('has source maps that lead where they led without us, token by token', () => {
    const words = new Set(
      SOURCES.flatMap((name) => readFileSync(builds.project.path(name), 'utf8').match(/[A-Za-z_]\w{2,}/g)),
    );
    const of = (variant: Variant) => builds.chunks(variant).map(({ code, map }) => mappedTokens(code, map));
    const right = (variant: Variant) => of(variant).flatMap((each) => [...each.right]);
    const wrong = (variant: Variant) =>
      of(variant)
        .flatMap((each) => each.wrong)
        .map((each) => each.split(' ')[1])
        .filter((word) => words.has(word) && !MOVED.test(word));
    const ours = new Set(right('ours'));
    const lost = right('plain').filter((each) => !ours.has(each) && !MOVED.test(each.split(' ')[1]));
    // esbuild sees a block with our `try` in place of the single expression that a static block held.
    expect(lost.filter((each) => !each.startsWith('program.tsx:66:'))).to.deep.equal([]);
    expect(ours.size).to.be.above(300);
    const before = wrong('plain');
    expect(wrong('ours').filter((word) => !before.includes(word))).to.deep.equal([]);
  });
}

for (const bundler of ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild']) {
  describe(`everycall/${bundler}`, () => works(bundler));
}
if (CAN_RUN_CURRENT_TOOLS) describe('everycall/vite with Vite 8', () => works('vite', currentTools));
