// What `npm pack` makes works in an empty folder: the command, the API as CommonJS and ESM, and the types.
import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

describe('the packed package', () => {
  let folder: string;
  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const typecheck = (...files: string[]) =>
    node(tsc, '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022', ...files);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'everycall-package-'));
    const packed = execSync(`npm pack --silent --ignore-scripts --pack-destination "${folder}"`, {
      cwd: root,
      encoding: 'utf8',
    });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    execSync(`npm install --prefer-offline --no-audit --no-fund ./${packed.trim().split('\n').pop()}`, {
      cwd: folder,
      stdio: 'pipe',
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gives a working command', () => {
    writeFileSync(join(folder, 'app.ts'), 'function twice(n: number) { return 2 * n; }\nconsole.log(twice(21));\n');
    const output = execSync('npx everycall app.ts 2>&1', { cwd: folder, encoding: 'utf8' });
    expect(output)
      .to.match(/^42$/m)
      .and.match(/twice +app\.ts:1/);
  });

  it('gives one runtime to CommonJS and ESM', () => {
    writeFileSync(
      join(folder, 'both.mjs'),
      `import { isRunning, start, stop } from 'everycall';
       import { createRequire } from 'node:module';
       const required = createRequire(import.meta.url)('everycall');
       start();
       console.log(required.isRunning(), isRunning());
       required.stop();
       console.log(required.isRunning(), isRunning());`,
    );
    expect(node('both.mjs')).to.equal('true true\nfalse false\n');
  });

  it('gives formats and assertions to both', () => {
    writeFileSync(
      join(folder, 'entries.mjs'),
      `import { createRequire } from 'node:module';
       import { render, FORMAT_IDS } from 'everycall/formats';
       import everycall from 'everycall/chai';
       import { matchers } from 'everycall/expect';
       import { callsOf, snapshot } from 'everycall';
       const require = createRequire(import.meta.url);
       const sizes = FORMAT_IDS.map((format) => render(snapshot(), format).length >= 0);
       const required = require('everycall/formats').FORMAT_IDS.length === FORMAT_IDS.length;
       console.log(sizes.every(Boolean), required, typeof everycall, typeof require('everycall/chai').default);
       console.log(Object.keys(matchers).join(), Object.keys(require('everycall/expect').matchers).length);
       console.log(callsOf(snapshot(), 'nobody'));`,
    );
    expect(node('entries.mjs')).to.equal(
      'true true function function\ntoHaveCalls,toHaveCallsAtMost,toMeetBudget 3\n0\n',
    );
  });

  it('gives types to both', () => {
    writeFileSync(
      join(folder, 'esm.mts'),
      `import { run, type Profile } from 'everycall';\nexport const profile: Promise<Profile> = run(() => 1).then((r) => r.profile);\n`,
    );
    writeFileSync(
      join(folder, 'cjs.cts'),
      `import everycall = require('everycall');\nconst calls: number = everycall.snapshot().functions[0].calls;\nvoid calls;\n`,
    );
    typecheck('esm.mts', 'cjs.cts');
    writeFileSync(join(folder, 'wrong.mts'), `import { start } from 'everycall';\nstart({ precision: 'fast' });\n`);
    expect(() => typecheck('wrong.mts')).to.throw();
  });
});
