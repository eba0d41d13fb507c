// The preload of every process that is to record itself, of whatever version its Node is. So this file is made for old
// ones, and what cannot be loaded is reported, not thrown.
declare const module: { require(name: string): unknown };

try {
  if (typeof process.getBuiltinModule === 'function') module.require('./session.cjs');
  else refuse();
} catch (error) {
  process.stderr.write('everycall: process ' + process.pid + ' is not recorded: ' + String(error) + '\n');
}

/** Leaves a marker that says why there is no profile. What this process starts may be of a newer version. */
function refuse(): void {
  const variable = process.env['EVERYCALL_RECORDING'];
  if (variable === undefined) return;
  const { directory } = JSON.parse(variable) as { directory: string };
  const { writeFileSync } = module.require('fs') as {
    writeFileSync(path: string, text: string): void;
  };
  const startedAtMs = Date.now();
  const refused = 'expected Node.js 20.19 or later, got ' + process.version;
  writeFileSync(
    directory + '/' + process.pid + '-' + startedAtMs.toString(36) + '.process.json',
    JSON.stringify({
      pid: process.pid,
      argv: process.argv.slice(1),
      nodeVersion: process.version,
      startedAtMs,
      refused,
    }),
  );
}
