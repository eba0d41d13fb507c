import { expect } from 'chai';
import { PRELOADS, projects } from './programs.ts';

/** Valid for V8 in every version there is, but not for Babel: a feature that V8 has had from the start. */
const UNKNOWN_TO_BABEL = `exports.f = function f() { return 1; };\n\n  %DebugPrint(1);`;
const STRICT = { EVERYCALL_REGISTER: '{"strict":true}' };

for (const [how, preload] of PRELOADS) {
  describe(`a file that cannot be parsed, by ${how}`, () => {
    const project = projects();

    it('runs uninstrumented, with one warning that names place and reason', async () => {
      const program = project({
        'main.cjs': `const { f } = require('./odd.js'); delete require.cache[require.resolve('./odd.js')]; require('./odd.js'); console.log(f());`,
        'odd.js': UNKNOWN_TO_BABEL,
      });
      const { code, stdout, stderr } = await program.node([...preload, '--allow-natives-syntax', 'main.cjs']);
      expect({ code, last: stdout.trim().split('\n').at(-1) }).to.deep.equal({ code: 0, last: '1' });
      const warnings = stderr.split('\n').filter((line) => line.includes('everycall'));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/^everycall: odd\.js:3:3 left uninstrumented: \S/);
    });

    it('is an error when strict, which names the same', async () => {
      const program = project({ 'main.cjs': `require('./odd.js');`, 'odd.js': UNKNOWN_TO_BABEL });
      const { code, stderr } = await program.node([...preload, '--allow-natives-syntax', 'main.cjs'], { env: STRICT });
      expect(code).to.equal(1);
      expect(stderr).to.match(/EverycallError.*odd\.js:3:3 cannot be instrumented: \S/);
    });

    it('fails as it would without us, byte for byte, if Node cannot parse it either', async () => {
      const program = project({
        'broken.cjs': `let x = ;`,
        'broken.mjs': `export const a = 1;\nlet x = ;`,
        'end.js': `function f() {`,
        'requires.cjs': `\nrequire('./broken.cjs');`,
        'imports.mjs': `\nimport './broken.mjs';`,
        'common.mjs': `\ntry { await import('./end.js'); } catch (error) { console.log(error.stack.split('\\n').slice(0, 8)); }`,
        'nothing.cjs': '',
      });
      // Node begins on another way where anything is preloaded by `--import`.
      const nothing = preload[0] === '-r' ? ['-r', './nothing.cjs'] : ['--import', 'data:text/javascript,'];
      for (const file of ['broken.cjs', 'broken.mjs', 'end.js', 'requires.cjs', 'imports.mjs', 'common.mjs']) {
        const plain = await program.node([...nothing, file]);
        expect(plain.stderr + plain.stdout, file).to.contain('SyntaxError');
        expect(await program.node([...preload, file]), file).to.deep.equal(plain);
      }
      expect(await program.node([...preload, 'broken.cjs'], { env: STRICT })).to.deep.equal(
        await program.node([...nothing, 'broken.cjs']),
      );
    });

    it('is an error that names place and reason and shows the line, if it is TypeScript', async () => {
      const program = project({ 'main.ts': `const a: number = 1;\nlet b: = 2;` });
      const { code, stderr } = await program.node([...preload, 'main.ts']);
      expect(code).to.equal(1);
      expect(stderr).to.contain(
        `${program.path('main.ts')}:2\nlet b: = 2;\n       ^\n\nSyntaxError: main.ts:2:8 cannot be compiled: Unexpected token\n    at `,
      );
      expect(stderr.slice(stderr.indexOf('SyntaxError'))).to.not.contain('everycall');
    });
  });

  describe(`EVERYCALL_REGISTER by ${how}`, () => {
    const project = projects();

    it('is refused in one line that says what was expected and what came', async () => {
      const program = project({ 'main.cjs': '' });
      const { code, stderr } = await program.node([...preload, 'main.cjs'], {
        env: { EVERYCALL_REGISTER: '{"includes":["x"]}' },
      });
      expect(code).to.equal(2);
      expect(stderr).to.equal(
        "everycall: EVERYCALL_REGISTER has no option 'includes'; expected one of include, exclude, root, strict, cache, progress\n",
      );
    });
  });
}
