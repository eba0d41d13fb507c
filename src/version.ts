// The version of this package, as its package.json says it.
import { createRequire } from 'node:module';

// dist/src/version.js and dist/cjs/*.cjs lie two folders below the package; src/version.ts one.
const require = createRequire(import.meta.url);

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = require(path) as { name?: string; version?: string };
      if (name === 'everycall' && version !== undefined) return version;
    } catch {
      // not here
    }
  }
  return '0.0.0';
}

export const EVERYCALL_VERSION = readVersion();
