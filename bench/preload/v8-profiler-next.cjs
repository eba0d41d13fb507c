// v8-profiler-next with its defaults, on every thread, from before the program is loaded until the thread ends.
const profiler = require('v8-profiler-next');

profiler.startProfiling('bench');
process.on('exit', () => profiler.stopProfiling('bench').delete());
