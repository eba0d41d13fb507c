// Programs that use packages which everycall needs itself.
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { PRELOADS, projects } from './programs.ts';

const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));

for (const [how, preload] of PRELOADS) {
  describe(`packages that everycall needs too, by ${how}`, () => {
    const project = projects();

    it('are the own ones of the program: whole, counted in full, and no others are in its cache', async () => {
      const program = project({
        'main.cjs': `
          const requireFrom = require('node:module').createRequire(${JSON.stringify(packages)});
          for (const name of ['@jridgewell/gen-mapping', '@babel/types', '@babel/generator', 'picomatch']) requireFrom(name);
          console.log(Object.keys(require.cache).filter((path) => path.includes('node_modules')).length);`,
      });
      const plain = await program.node(['main.cjs']);
      const files = Number(plain.stdout);
      expect(files).to.be.above(50);
      const env = {
        EVERYCALL_REGISTER: JSON.stringify({ include: ['**/node_modules/**', 'main.cjs'], progress: false }),
        EVERYCALL_CACHE: program.path('cache'),
      };
      const [cold, warm] = [
        await program.record(preload, ['main.cjs'], { env }),
        await program.record(preload, ['main.cjs'], { env }),
      ];
      for (const { stderr, stdout, profile } of [cold, warm]) {
        expect(stderr).to.equal('');
        expect(Number(stdout)).to.equal(files);
        const modules = profile.functions.filter(({ kind, calls }) => kind === 'module' && calls === 1);
        expect(modules.length).to.equal(files + 1); // and main.cjs
      }
      const figures = ({ profile }: typeof cold) => profile.functions.map(({ key, calls }) => `${key} ${calls}`).sort();
      expect(figures(cold)).to.deep.equal(figures(warm));
    });
  });
}
