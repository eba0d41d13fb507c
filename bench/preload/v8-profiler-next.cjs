// v8-profiler-next with its defaults, on every thread, from before the program is loaded until the thread ends.
function load() {
  try {
    return require('v8-profiler-next');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error(
      `no build for Node ${process.version}: npm rebuild --prefix bench under it (1.10 builds up to Node 24)`,
    );
  }
}

const profiler = load();
profiler.startProfiling('bench');
process.on('exit', () => profiler.stopProfiling('bench').delete());
