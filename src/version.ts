// The version of this package, as its package.json says it; bundles have it in them (scripts/build.mjs).
import { createRequire } from 'node:module';

declare const BUNDLED_VERSION: string | undefined;

// dist/src/version.js lies two folders below the package; src/version.ts one.
function readVersion(): string {
  const require = createRequire(import.meta.url);
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

export const EVERYCALL_VERSION = typeof BUNDLED_VERSION === 'string' ? BUNDLED_VERSION : readVersion();
