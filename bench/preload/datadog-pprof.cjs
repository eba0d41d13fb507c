// Datadog's wall profiler with its defaults, on every thread, from before the program is loaded until the process ends, which
// stops it.
require('@datadog/pprof').time.start({});
