// V8 keeps what it has compiled, in Node's own compile cache, in a folder of ours: instrumented text is two to three times
// as long, and at a warm start compiling it is most of the work. Node checks each entry against text, version and flags.
import module from 'node:module';

/** The folder in the transform cache's own, with one for each version of Node in it. */
export const CODE_FOLDER = 'v8';

interface CompileCache {
  readonly enableCompileCache?: (directory: string) => unknown;
  readonly getCompileCacheDir?: () => string | undefined;
}

/**
 * Not where the user decides (NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE) or a program has done so already, and not under
 * coverage, which V8 measures less exactly of functions from a cache. Node 20 has none.
 */
export function useCodeCache(directory: string): void {
  try {
    const { enableCompileCache, getCompileCacheDir } = module as unknown as CompileCache;
    const { NODE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env;
    if (!enableCompileCache || NODE_COMPILE_CACHE || NODE_V8_COVERAGE || getCompileCacheDir?.()) return;
    enableCompileCache(directory);
  } catch {
    // compiled anew, as without it
  }
}
