// What both servers share and the load generator's parent talks to: not part of the application, so in no profile of it.
// A line on standard input begins the count, SIGTERM ends the server with a line of JSON; so does nobody listening any more.

/** `tag` of the requests where BENCH_TAGS asks for tags, else what goes on at once. */
exports.tagged = process.env.BENCH_TAGS
  ? require('../../../dist/cjs/index.cjs').withTag
  : function untagged(_tag, work) {
      return work();
    };

exports.serveOn = function serveOn(port) {
  let before = process.cpuUsage();
  process.stdin.once('data', () => (before = process.cpuUsage()));
  process.stdin.on('end', () => process.exit());
  process.on('SIGTERM', () => {
    const { user, system } = process.cpuUsage(before);
    const maxRssBytes = process.resourceUsage().maxRSS * 1024;
    process.stdout.write(`${JSON.stringify({ cpuUs: user + system, maxRssBytes })}\n`, () => process.exit());
  });
  process.stdout.write(`${JSON.stringify({ port, loadedMs: performance.now() })}\n`);
};
