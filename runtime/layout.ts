// The memory layout: columns, header slots, units and capacities. Between the hooks (which write) and the reader.
// Declarations only. Everything is addressed in words of 4 bytes: `I[address + COLUMN]` for integers, and for 8-byte
// floats `F[(address >> 1) + COLUMN]`, so every address is even. Times are ns. docs/memory-layout.md draws the whole.
import { SITE_STRIDE } from './contract.ts';

/** Names the columns of a record in order: integers first, then floats. Gives their offsets and the length in words. */
function record<const Ints extends readonly string[], const Floats extends readonly string[]>(
  ints: Ints,
  floats: Floats,
  words?: number,
): { readonly [K in Ints[number] | Floats[number]]: number } & { readonly words: number } {
  const firstFloat = (ints.length + 1) >> 1;
  const needed = (firstFloat + floats.length) * 2;
  const size = words ?? needed;
  if (needed > size) throw new RangeError(`record needs ${needed} words, has ${size}`);
  const columns: Record<string, number> = { words: size };
  ints.forEach((name, i) => (columns[name] = i));
  floats.forEach((name, i) => (columns[name] = firstFloat + i));
  return columns as ReturnType<typeof record<Ints, Floats>>;
}

/** Ended slabs that keep their own rows before the oldest is folded into the finished slab and used again. */
export const KEPT_ENDED_SLABS = 64;
/** Slabs of one arena, so threads profiled at the same time. */
export const MAX_SLABS = 1024;
/** Summaries of folded threads that stay readable; older ones are only in the sums. */
export const MAX_FOLDED_THREADS = 4096;
/** Sessions whose start and end stay known; a thread asleep for longer loses what it did before it fell asleep. */
export const SESSION_RING = 64;
/** Buckets of the file table; files beyond it chain. */
export const FILE_BUCKETS = 1024;
/** Bytes of a tag, UTF-8, cut at a character. */
export const TAG_BYTES = 192;
export const DEFAULT_MAX_TAGS = 256;
/** Bytes of a thread's name, UTF-8, cut at a character. */
export const THREAD_NAME_BYTES = 64;

/** One per arena, at address 0. The first word is the tick word of contract.ts. */
export const CONTROL = record(
  [
    'tick', // 0 stopped, else a positive number that moves on
    'lastTick', // the last number used, so that a restart continues and no thread mistakes it for an old one
    'epoch', // moves at every start, stop and clear: what threads compare to notice
    'lock', // 0 free, else serial of the owning thread + 1
    'session', // number of the current or last session, from 1
    'firstSession', // the first one since the last clear
    'clearEpoch', // moves at every clear
    'nextFree', // address of the first word not yet given out
    'capacity', // words of the arena
    'slabCount',
    'threadCount', // threads ever attached; a thread's serial is its place in that order
    'fileCount',
    'siteCount',
    'maxSites',
    'maxEdges', // of one slab
    'maxFrames', // of one slab
    'precision', // index in PRECISIONS
    'onlyThread', // serial + 1 of the only thread to record; 0 for all
    'tickerState', // TICKER_*
    'tickerAsleep', // 1 while the ticker waits on this word
    'tickerOwner', // serial + 1 of the thread whose worker the ticker is
    'tickerFailures', // tickers that could not be started or died in this session
    'tickerActivity', // set to 1 by every sampled sync, cleared by the ticker
    'runs', // nested run() calls
    'finishedSlab', // address of the slab that holds folded threads; 0 for none
    'foldSequence', // odd while a slab is being folded
    'foldedThreads', // summaries written, may exceed MAX_FOLDED_THREADS
    'foldedRing', // address of the ring of summaries
    'endedCount', // threads ended; gives SLAB.endedOrder
    'droppedThreads',
    'lockTakenOver', // times a lock was taken from a thread that died with it
    'layoutVersion',
    'files', // address of the newest file record; the records chain through `older`
    'tags', // address of the first tag record; the records chain through `next`
    'tagCount', // records of the chain that are in use since the last clear
    'maxTags', // tags that get figures of their own
    'tagClears', // times a single tag was cleared
    'otherTagClearedAt', // what it was when OTHER_TAG was
    'builtins', // BUILTINS_*: what of them the current or last session records
  ],
  [
    'originNs',
    'startedAtMs', // when everycall was loaded in the process, since the epoch
    'readWallNs', // the last wall time that was a number, see finiteNow()
    'tickNs',
    'overhead',
    'exactEventCostNs',
    'tickWallNs', // when the tick word moved last; 0 before the first time
    'exactInnerNs',
    'exactOuterNs',
    'sampledInnerNs',
    'sampledOuterNs',
  ],
  64,
);

/**
 * Raise with every change of this file, and of `Runtime` in runtime.ts: a worker or a copy of everycall with another
 * version keeps away from the arena and from the runtime that goes with it.
 */
export const LAYOUT_VERSION = 4;

/** An edge row that no caller owns: what a function's `lastEdge` holds before its first call. */
export const NULL_EDGE = CONTROL.words;
/** `slabDirectory + i` holds the address of slab `i`. */
export const SLAB_DIRECTORY = NULL_EDGE + 16;
/** SESSION_RING records. */
export const SESSIONS = SLAB_DIRECTORY + MAX_SLABS;
export const SESSION = record([], ['startWallNs', 'stopWallNs', 'startedAtMs']);
/** Heads of the chains of file records, by hash of file and content. */
export const FILE_TABLE = SESSIONS + SESSION_RING * SESSION.words;
/** First address that is given out. */
export const FIRST_FREE = FILE_TABLE + FILE_BUCKETS;

export const PRECISIONS = ['adaptive', 'exact', 'sampled'] as const;
export const ADAPTIVE = 0;
export const EXACT_ONLY = 1;
export const SAMPLED_ONLY = 2;

export const BUILTINS_OFF = 0;
export const BUILTINS_ALL = 1;
/** All but RegExp.prototype.exec. */
export const BUILTINS_WITHOUT_EXEC = 2;

export const TICKER_NONE = 0;
export const TICKER_STARTING = 1;
export const TICKER_LIVE = 2;

/** A file whose sites are known. Followed by `bytes` bytes of UTF-8: JSON `[file, hash, table]`. */
export const FILE = record(['next', 'older', 'firstSite', 'siteCount', 'bytes', 'keyHash', 'index'], []);

/** A tag's name. Its id is its place in the chain, from FIRST_TAG; `clearedAt` is what `tagClears` was then. */
export const TAG = record(['next', 'bytes', 'clearedAt'], []);
export const TAG_WORDS = TAG.words + TAG_BYTES / 4;
/** What ran under no tag. */
export const NO_TAG = 0;
/** What ran under tags beyond `maxTags`. */
export const OTHER_TAG = 1;
export const FIRST_TAG = 2;

export const SLAB_FREE = 0;
export const SLAB_LIVE = 1;
export const SLAB_ENDED = 2;
export const SLAB_FINISHED = 3;
/** Ended, and being added to the finished slab: what was added is no longer here. */
export const SLAB_FOLDING = 4;

/** `seen` of a thread that must take the slow path at every event; never a value of the tick word. */
export const NEVER_SEEN = -1;

export const REGIME_SAMPLED = 0;
export const REGIME_EXACT = 1;
/** This thread is not to record in this session. */
export const REGIME_OFF = 2;

/** A growing table of rows found by two key words: chunks of rows, and a linear hash (see table.ts). */
export const TABLE_SEGMENTS = 18;
export const TABLE = record(
  [
    'rowWords',
    'count',
    'maxRows',
    'firstChunk',
    'chunk', // the chunk that takes the next row
    'level', // 64 << level buckets at the start of this round
    'split', // the next bucket to split
    'segments', // + i: address of segment i; TABLE_SEGMENTS words
  ],
  [],
  8 + TABLE_SEGMENTS,
);
/** Direct-mapped: for callees whose callers take turns. A power of two; 16 KiB a thread. */
export const EDGE_CACHE_WORDS = 4096;
/** Words before the rows of a chunk. */
export const CHUNK = record(['next', 'capacity', 'used'], []);

/** One thread's part. One writer, its thread; the name and the two tables follow in the same block. */
export const SLAB = record(
  [
    'state',
    'serial',
    'threadId',
    'osThreadId', // Linux only, else 0
    'seen', // what the tick word must be for an event to take the fast path
    'tick', // the tick word when time was charged last
    'sp', // address of the top frame
    'stack', // address of the first frame
    'stackEnd', // frames at or beyond this address are not pushed
    'epoch', // the control epoch this thread has caught up with
    'session', // the session its figures are being recorded in, 0 for none
    'clearEpoch',
    'regime',
    'sequence', // odd while several words change together
    'blocks', // first function block
    'regimeSwitches',
    'granted', // exact events allowed at the last look at the overhead budget
    'budget', // those of them that are left
    'walk', // marks the function rows met in one walk of the stack
    'endedOrder', // place in the order of endings
    'root', // function row of the event loop
    'overflow', // function row of sites that found no room
    'nameBytes',
    'edgeCache', // EDGE_CACHE_WORDS addresses of edges, by hash of caller and callee
    'era', // moves when the frames and activations that are open stop counting
    'tagging', // 1 once this thread has used a tag
    'tag', // id of the tag in force, NO_TAG for none
    'tagFromBase', // 1 if the bottom frame's end is sure to be noticed, see tagging.ts
    'tagClears', // the last one this thread has caught up with
    'freeDurations', // histograms that were taken from rows, chained through `next`
    'freeDurationLines', // and their lines, chained through the first word
  ],
  [
    'lastWallNs',
    'lastCpuNs', // may run ahead of the clock by what was estimated, see charge()
    'trueCpuNs', // the last true reading, and the wall time of it
    'trueCpuWallNs',
    'lastSampleWallNs',
    'lastSampleCpuNs',
    'exactEvents',
    'deepCalls',
    'droppedSamples',
    'droppedTagCalls',
    'droppedDurations',
    'cpuLastsNs', // the CPU clock is read again when the last reading is older
    'attachedWallNs',
  ],
);
export const SLAB_NAME = SLAB.words;
export const SLAB_EDGES = SLAB_NAME + THREAD_NAME_BYTES / 4;
export const SLAB_NODES = SLAB_EDGES + TABLE.words;
export const SLAB_AWAITS = SLAB_NODES + TABLE.words;
export const SLAB_TAGGED = SLAB_AWAITS + TABLE.words;
/** Four function rows: the root (event loop), the overflow function, garbage collection, and one for calibrate(). */
export const SLAB_PSEUDO = (SLAB_TAGGED + TABLE.words + 15) & ~15;

/** A block of function rows, one per site of a file, in the file's order. */
export const BLOCK = record(['next', 'file', 'firstSite', 'count'], [], 16);

/**
 * One function on one thread: three cache lines. The last is an edge row of its own, which takes the calls whose
 * caller → callee pair found no room, and those of frames too deep for the stack. What an event touches is in the first.
 */
export const FUNCTION = record(
  [
    'lastEdge',
    'depth', // frames on the stack
    'site',
    'mark',
    'tag', // id of the tag it is the row of
    'tagged', // address of the function's tagged row that was used last
    'awaits', // address of the row of awaits that was used last
    'era', // moves when the tag is cleared
    'durations', // address of its DURATIONS, 0 until an activation was timed exactly
    'spare',
  ],
  [
    'totalWallNs',
    'totalCpuNs',
    'longestBlockNs',
    'maxTotalNs', // of activations timed exactly
    'unfinished',
    'errors', // activations that ended by throwing
    'selfVariance',
    'totalVariance',
  ],
  SITE_STRIDE,
);
export const FUNCTION_OWN_EDGE = 32;

/** Powers of two of a histogram of durations: up to 2^42 ns, more than an hour. */
export const DURATION_LINES = 38;
/** A function's histogram: addresses of its lines, 0 for those that are empty. */
export const DURATIONS = record(['next', 'lines'], [], (2 + DURATION_LINES + 15) & ~15);
export const DURATION_LINE_WORDS = 16;

/** A function's row under a tag: key words and, from TAGGED_FUNCTION on, the function row. */
export const TAGGED = record(['fn', 'tag', 'spare', 'next'], [], 16 + SITE_STRIDE);
export const TAGGED_FUNCTION = 16;

/** `site` of the pseudo functions: what no instrumented function ran, what found no room, what calibrate() calls … */
export const ROOT_SITE = -1;
export const OVERFLOW_SITE = -2;
export const CALIBRATION_SITE = -3;
/** … and the pauses for garbage collection, whose time is also in the functions that they interrupted. */
export const GC_SITE = -4;
export const SLAB_GC = SLAB_PSEUDO + 2 * FUNCTION.words;
/** The function row of calibrate(), behind the others. No reader looks at it. */
export const SLAB_CALIBRATION = SLAB_GC + FUNCTION.words;

/** One caller → callee pair on one thread: one cache line. `depth` is kept in the exact regime only. */
export const EDGE = record(
  ['caller', 'callee', 'depth', 'next'],
  ['calls', 'recursiveCalls', 'selfWallNs', 'selfCpuNs', 'totalWallNs', 'totalCpuNs'],
  16,
);

/**
 * What waits of the activations that came by one edge. Times are integrals of the number that wait: brought up to date at
 * each change of it, so that neither a reader nor a stop needs to find the activations.
 */
export const AWAITS = record(
  ['edge', 'fn', 'suspended', 'next'], // suspended: at an await or a yield
  [
    'resumes',
    'awaitNs',
    'awaiting', // suspended at an await
    'awaitingTotal', // those of them whose waiting counts in the function's total
    'awaitingEdgeTotal', // … in the edge's total
    'changedWallNs',
  ],
  16,
);

/** One node of the call tree of samples. `parent` is 0 under the root; `depth` counts from 1. */
export const NODE = record(['parent', 'fn', 'depth', 'next'], ['samples', 'wallNs', 'cpuNs']);

/**
 * One frame of the shadow stack. `node` is its place in the call tree, 0 until it is looked up; `flags` are 0 but in
 * frames of activations. The start times are kept in the exact regime only; `heldSinceNs` in the sampled regime only
 * once there is a node.
 */
export const FRAME = record(['fn', 'edge', 'node', 'flags'], ['startWallNs', 'startCpuNs', 'heldSinceNs']);
/** Frame of an activation that runs within another one of its function: adds nothing to the function's total. */
export const FRAME_WITHIN_FUNCTION = 1;
/** … of its edge: adds nothing to the edge's total. */
export const FRAME_WITHIN_EDGE = 2;
/** Its end says nothing of a duration: it was begun in the sampled regime, or it is one of several of an activation. */
export const FRAME_UNTIMED = 4;

/** What remains of a folded thread, in a ring. */
export const FOLDED = record(['serial', 'threadId', 'nameBytes', 'regimeSwitches'], ['wallNs', 'cpuNs', 'calls']);
export const FOLDED_WORDS = FOLDED.words + THREAD_NAME_BYTES / 4;

/** Nodes of the call tree lie at most this deep; deeper frames count as their caller. */
export const MAX_SAMPLE_DEPTH = 256;
/** Frames of a slab's stack: deeper than V8's default stack lets plain functions recurse. */
export const DEFAULT_MAX_FRAMES = 16384;
export const DEFAULT_MAX_SITES = 1 << 20;
export const DEFAULT_MAX_EDGES = 1 << 21;
/** Address space, not memory: pages count once they are touched. */
export const DEFAULT_ARENA_BYTES = 256 << 20;
