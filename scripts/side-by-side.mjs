// Runs scripts of package.json at the same time. What each prints comes as a whole when it has ended, and fails if one does.
import { spawn } from 'node:child_process';

function run(name) {
  const child = spawn('npm', ['run', '--silent', name], {
    shell: process.platform === 'win32', // where npm is a script
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((settle, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.stdout.write(`${name}: ${code === 0 ? 'passed' : 'failed'}\n${output}`);
      settle(code === 0);
    });
  });
}

const passed = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
