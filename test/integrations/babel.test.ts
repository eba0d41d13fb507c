// The plugin in a babel.config, with the presets of a real build and by the Babel that a project has: 7, and where it
// runs 8. What the build computes, and what everycall's own runtime has recorded of it in Node.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { CAN_RUN_CURRENT_TOOLS, currentTools } from '../support/current-tools.ts';
import { driveBundle, recordedCalls } from '../support/driven-bundles.ts';
import { countedCalls, FORMS_SOURCE } from '../support/forms.ts';
import { installedProject } from '../support/installed.ts';
import type { Project } from '../register/programs.ts';

const DRIVE = readFileSync(fileURLToPath(new URL('../fixtures/bundlers/drive.mjs', import.meta.url)), 'utf8');

/** Targets of preset-env, and what ES modules become. */
const BUILDS = {
  current: [{ targets: { node: 'current' }, modules: 'commonjs' }, 'cjs'],
  old: [{ targets: { ie: '11' }, modules: 'commonjs' }, 'cjs'],
  modules: [{ targets: { chrome: '60' }, modules: false }, 'mjs'],
} as const;

const FILES = {
  'src/program.tsx': FORMS_SOURCE,
  'drive.mjs': DRIVE,
  'babel.config.cjs': `module.exports = (api) => {
    api.cache.never();
    return {
      presets: [
        ['@babel/preset-env', JSON.parse(process.env.TARGETS)],
        ['@babel/preset-react', { runtime: 'classic', pragma: 'element' }],
        '@babel/preset-typescript',
      ],
      plugins: process.env.PLAIN ? [] : [['everycall/babel', { include: ['src/**'] }]],
    };
  };`,
  'build.mjs': `import { mkdirSync, writeFileSync } from 'node:fs';
  import * as babel from '@babel/core';
  mkdirSync('out', { recursive: true });
  for (const [name, [targets, extension]] of Object.entries(${JSON.stringify(BUILDS)})) {
    process.env.TARGETS = JSON.stringify(targets);
    for (const kind of ['plain', 'ours']) {
      process.env.PLAIN = kind === 'plain' ? '1' : '';
      const { code } = babel.transformFileSync('src/program.tsx');
      writeFileSync('out/' + name + '-' + kind + '.' + extension, code);
    }
  }
  console.log(babel.version);`,
};

function works(version: RegExp, overlay?: () => string): void {
  let project: Project;
  before(async () => {
    project = installedProject(FILES, { overlay: overlay?.() });
    const built = await project.node(['build.mjs']);
    expect(built.code, built.stderr).to.equal(0);
    expect(built.stdout).to.match(version);
  });
  after(() => project.remove());

  for (const [name, [targets, extension]] of Object.entries(BUILDS)) {
    it(`records the program as it stands in its source: ${JSON.stringify(targets)}`, async () => {
      const plain = await driveBundle(project, `${name}-plain.${extension}`);
      const ours = await driveBundle(project, `${name}-ours.${extension}`);
      expect(plain.functions).to.deep.equal([]);
      expect(ours.results).to.deep.equal(plain.results);
      expect(ours.counts).to.deep.equal(plain.counts);
      const called = ours.functions.filter(({ calls }) => calls > 0);
      expect(new Set(called.map(({ file }) => file))).to.deep.equal(
        new Set([join(project.directory, 'src/program.tsx')]),
      );
      const recorded = recordedCalls(ours.functions);
      expect(recorded).to.deep.equal(countedCalls(FORMS_SOURCE, ours.counts));
      expect(recorded).to.have.length(41);
    });
  }

  it('refuses an unknown option in one line', async () => {
    project.write(
      'wrong.mjs',
      `import * as babel from '@babel/core';
      try { babel.transformSync('f()', { configFile: false, plugins: [['everycall/babel', { inlcude: 'src' }]] }); }
      catch (error) { console.log(error.message); }`,
    );
    const { stdout } = await project.node(['wrong.mjs']);
    expect(stdout).to.match(/^.*everycall: expected one of the options include, exclude, .*, got "inlcude".*\n$/);
  });
}

describe('everycall/babel with Babel 7', () => works(/^7\./));
if (CAN_RUN_CURRENT_TOOLS) describe('everycall/babel with Babel 8', () => works(/^8\./, currentTools));
