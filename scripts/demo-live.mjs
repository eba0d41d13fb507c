// `npm run demo:live`: an example that never ends, and the page that shows it. Ctrl-C ends both.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const demo = spawn(
  process.execPath,
  [path('dist/src/cli/main.js'), '--web', ...process.argv.slice(2), '--quiet', path('examples/shop/main.ts')],
  { stdio: 'inherit', cwd: path('.') },
);
process.on('SIGINT', () => {}); // the terminal sends it to the demo, too
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code) => (process.exitCode = code ?? 0));
