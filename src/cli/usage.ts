// What `everycall --help` prints. A test compares it with the options and columns there are.

export const USAGE = `everycall - every call counted, on every thread, while the program runs

Usage
  everycall [run] [options] SCRIPT [ARG...]
  everycall report [options] FILE...
  everycall diff [options] BEFORE AFTER
  everycall check [options] --budget BUDGET FILE...
  everycall ps [--json]
  everycall top [options] [PID]
  everycall start|stop|clear|snapshot [options] [PID]
  everycall web [--open] [--port PORT] [PID]

run      Runs SCRIPT with every function instrumented, then prints a report to
         stderr. SCRIPT may be JavaScript or TypeScript, CommonJS or ES module.
         It keeps its own arguments, stdin, stdout and exit code; the report
         also comes after an exception, a signal, or being killed.
         Options come before SCRIPT; all that follows it belongs to it. Put --
         before a SCRIPT whose name begins with a dash, or is a command's.
report   Prints or converts profiles that were saved with -o, without running
         anything. Several files are added up, function by function; a
         folder of --record stands for what all its processes recorded.
diff     Says what changed from one saved profile to another. A time counts as
         changed where its standard error does not explain it.
check    Holds saved profiles against a budget: how often functions may be
         called, and how long they may take. Exits with 1 if a rule is broken.
ps       Lists your processes that have a monitor (--monitor): pid, time since
         the start, threads, whether they are profiled, command.
top      Shows in the terminal what process PID does, as it does it: calls a
         second and shares of time in the last interval, of functions or of
         threads. Keys sort, filter, pause, open callers and callees, start,
         stop and save; ? tells them. --once prints one page.
start    Begins to profile process PID, or, if it is being profiled, changes
         --precision and --overhead. PID may be left out where there is only
         one process with a monitor.
stop     Ends that. Figures stay.
clear    Makes process PID forget its figures, or those of a --tag.
snapshot Prints or writes the figures of process PID so far, as 'report' does
         with a file, also while it is stuck in a loop.
web      Serves a page that shows what process PID does at this moment:
         functions, flame graph, threads, what blocks its event loop. Prints its
         address; ends with process PID, or by Ctrl-C.

What to record (run; start has some of it)
  --include GLOB     instrument files that match; may be given several times.
                     Default: all but those in node_modules
  --exclude GLOB     leave files that match alone, even if included;
                     may be given several times
  --precision HOW    how time is charged; calls are exact in any case.
                     adaptive  exact while that stays within --overhead,
                               sampled while calls come too fast (default)
                     exact     the clocks are read at every call
                     sampled   time is charged once a tick
  --overhead SHARE   share of time that exact timing may take in adaptive
                     precision: above 0, up to 1. Default 0.03
  --tick MS          interval of the ticks, 0.1 to 1000. Default 1
  --builtins         record blocking functions of Node.js and of the language
                     (fs.*Sync, zlib.*Sync, JSON.parse, RegExp, sort, ...) as
                     functions of their own, and garbage collections
  --start-paused     record nothing until the program calls start() or
                     globalThis.everycall.start()
  --children         record the processes that SCRIPT starts, too, and those
                     that they start: one report for all
  --record FOLDER    keep what each process recorded in FOLDER, which must be
                     empty; 'report', 'check' and 'diff' read it
  --checkpoint SECS  how often each process writes down what it has so far: what
                     is lost if it is killed. 0.1 to 3600, or 'off'. Default 5
  --monitor          let 'ps', 'top', 'start', 'stop', 'clear' and 'snapshot'
                     reach the program while it runs, at a socket that only
                     you can open
  --web              --monitor, and a page that shows the program while it runs;
                     its address is printed, --open shows it in a browser
  --monitor-http [HOST:]PORT
                     also by HTTP at 127.0.0.1 or HOST, with a token; PORT 0
                     takes any that is free
  --monitor-remote   allow a HOST that other machines can reach; the token is
                     then yours to give, in EVERYCALL_MONITOR_TOKEN
  --push URL         send what was called in each 10 s to a server that takes
                     profiles as Pyroscope does, such as http://localhost:4040
  --strict           fail on a file that cannot be parsed, instead of running
                     it uninstrumented with a warning

What to show (top)
  --sort COL[:ORDER] calls, selfCpu, selfWall, totalCpu, totalWall, await, open,
                     errors or name. Default: selfWall
  --interval SECS    how often figures change, 0.1 to 10. Default 1
  --limit N          rows of a list. Default: all; with --once 30
  --thread ID        functions of one thread, by the id in the list of threads
  --per-thread       list threads first
  --once             print what happens in one interval, and end

What to print (run, report, snapshot)
  --sort COL[:ORDER] order of the functions; ORDER is asc or desc.
                     Default: self time of the clock, largest first
  --limit N          functions to print, or 'all'. Default 30, markdown 10
  --columns A,B,...  columns to print, in this order
  --clock CLOCK      wall or cpu: what avg, self% and the default order refer
                     to. Both are always recorded. Default wall
  --per-thread       a function table for each thread
  --per-process      a function table for each process
  --raw              show times as measured; otherwise the measured cost of
                     the hooks is subtracted
  --format FORMAT    table, markdown, html, json, csv, callgrind, pprof,
                     speedscope, cpuprofile, collapsed, trace-event or pstats.
                     Default: by the name of the output file, else table
  -o, --output FILE  write to FILE instead of printing. Names that choose a
                     format: .json or .json.gz (the whole profile, for report,
                     diff, check and load()), .html, .md, .csv, .callgrind or
                     callgrind.out.*, .pb.gz, .speedscope.json, .cpuprofile,
                     .collapsed, .trace.json, .pstats
  --quiet            (run) print no report and no progress; errors and
                     warnings still come. FILE is still written

What to look at (report, diff, snapshot; clear has --tag)
  --thread ID        one thread, by the id that the thread table shows
  --process ID       one process, by the id that the process table shows
  --tag TAG          what ran under the tag; calls into it come from the root
  --name NAME        functions of that name; * stands for any text
  --file GLOB        functions of files that match
  --package NAME     functions of an npm package; (own) for the program's own
  --strip-dirs       file names without folders; functions that are then the
                     same are added up

What to compare (diff)
  --sort, --limit, --raw and -o as above; --format table, markdown or json

How to serve the page (web)
  --port PORT        at 127.0.0.1; 0 for any that is free. Default 0
  --open             show it in the browser of this system

What to list (ps)
  --json             all that is known of each process

What to check (check)
  --budget BUDGET    the file with the rules
  --update           write the limits that the profiles just meet into BUDGET,
                     which is made if need be, instead of checking
  --format FORMAT    text, github (annotations), junit or json. Default: by the
                     name of the output file (.xml, .json), else text

  -h, --help         print this and exit
  -v, --version      print the version and exit

Columns
  name       name of the function, as nested in the source
  location   file:line, and :column where two functions begin on one line
  calls      how often it was called; 7/2 means 7 times in all and twice
             while it was not already running (recursion)
  open       calls that had not ended when the profile was taken
  errors     calls that ended by throwing or rejecting
  resumes    how often it went on after an await or yield
  await      time suspended at an await; part of the total, not of self
  selfWall   wall time in the function itself
  selfCpu    CPU time of its thread in the function itself
  totalWall  wall time in it and all it called, recursion counted once
  totalCpu   CPU time in it and all it called
  block      longest time it held its thread without yielding
  avg        total time a call
  max        longest call from begin to end, of those timed exactly
  p50 p90 p99  durations that half, 9 in 10 and 99 in 100 of those stay
             within
  timed      how many calls were timed exactly
  self%      its part of the self time of all functions
  A time followed by ±4% was sampled; that is its standard error.

Environment
  EVERYCALL_CACHE    folder of compiled files, or 'off'
  EVERYCALL_ARENA    limits: bytes=N,sites=N,edges=N,frames=N
  EVERYCALL_REGISTER settings of everycall/register, as JSON: include, exclude,
                     root, strict, cache, progress
  EVERYCALL_MONITOR  for everycall/register: 1 for a monitor, [HOST:]PORT for
                     one that also listens for HTTP
  EVERYCALL_MONITOR_REMOTE  1: as --monitor-remote
  EVERYCALL_MONITOR_TOKEN   the token for HTTP, 16 characters or more
  EVERYCALL_MONITOR_DIR     folder of the sockets, instead of one of your own
  EVERYCALL_PUSH     for everycall/register: as --push
  EVERYCALL_PUSH_LABELS     service_name=NAME,key=value,... of what is pushed
  EVERYCALL_PUSH_TOKEN      what the server asks for: a token, or user:password
  EVERYCALL_SIGUSR2  1, for everycall/register: the monitor comes with SIGUSR2
  EVERYCALL_RECORDING  set by everycall itself for the processes it records

Exit codes
  2  the command line is wrong
  1  a file could not be read, parsed (--strict) or written, or (check) a rule
     is broken
  Otherwise 'run' ends as SCRIPT does.

Examples
  everycall app.ts --port 8080
  everycall --include '**/node_modules/acorn/**' --sort calls build.js
  everycall --precision exact -o profile.json.gz test.ts
  everycall report --clock cpu --limit all profile.json.gz
  everycall report -o report.html monday.json tuesday.json
  everycall diff --format markdown before.json after.json
  everycall check --budget budget.json --format github profile.json
  everycall --monitor server.ts & everycall top
  everycall --web --open server.ts
`;
