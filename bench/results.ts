// What a bench leaves behind, as JSON: every single measurement, so that tables can be made from it again. Data only.

export interface Time {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Of one process; runs in order, the first ones while V8 still compiles. */
export interface Measurement {
  /** Since the process started, when the program was loaded. */
  readonly loaded: Time;
  readonly wallNs: readonly number[];
  /** Of all threads of the process. */
  readonly cpuNs: readonly number[];
  /** One reading of performance.now() in this process. */
  readonly clockNs: number;
  readonly maxRssBytes: number;
}

/** One process of a server under load. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly requests: number;
  /** Of all threads of the process, under load. */
  readonly cpuUs: number;
  readonly maxRssBytes: number;
  readonly loadedMs: number;
}

export interface Row<Of> {
  readonly variant: string;
  /** Why there is no figure, or `null`. */
  readonly reason: string | null;
  /** One a round, in order: the same index is the same time. */
  readonly rounds: readonly Of[];
}

/** What a tool makes of the files of a program. */
export interface Size {
  readonly tool: string;
  readonly reason: string | null;
  readonly files: number;
  /** CPU time of a process of its own that compiles all files, loading the tool included. */
  readonly transformCpuMs: number;
  readonly originalBytes: number;
  readonly originalGzipBytes: number;
  readonly bytes: number;
  readonly gzipBytes: number;
}

export interface ProgramResult {
  readonly program: string;
  readonly kind: 'micro' | 'real' | 'pool';
  /** Why it could not be run at all, or `null`. */
  readonly reason: string | null;
  readonly versions: Readonly<Record<string, string>>;
  /** Of one run, counted by the exact precision; `null` where that failed. */
  readonly calls: number | null;
  /** What figures "a call" are divided by, if it is not calls. */
  readonly units: number | null;
  readonly sizes: readonly Size[];
  readonly rows: readonly Row<Measurement>[];
}

/** CPU time of a request, over a slice of the requests; see slices.ts. */
export interface Slice {
  readonly mainUs: number;
  /** Of all threads. */
  readonly processUs: number;
}

export interface ServerResult {
  readonly server: string;
  readonly connections: number;
  /** How long each process was under load. */
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row<Load>[];
  /** The same index is the same turn. */
  readonly slices: readonly Row<Slice>[];
}

/** Of an empty program. `wallMs` and `cpuMs` are those until it is loaded. */
export interface Start extends Time {
  /** From the start of the process until it has ended, as its parent sees it. */
  readonly processMs: number;
}

/** A session in the sampled precision on a thread that does next to nothing. */
export interface Ticker {
  readonly reason: string | null;
  /** CPU time of the threads that the start has added, over wall time: 1 is one core. */
  readonly shares: readonly number[];
}

export interface KernelRow extends Row<readonly number[]> {
  readonly language: 'JavaScript' | 'Python';
}

export interface LanguageResult {
  readonly kernel: string;
  readonly calls: number;
  /** Each round's wall times in ns, one a run. */
  readonly rows: readonly KernelRow[];
}

export interface Languages {
  readonly python: string;
  readonly yappi: string;
  readonly kernels: readonly LanguageResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Of the last minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export interface Results {
  readonly format: 1;
  readonly everycall: string;
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly seconds: number;
  readonly programs: readonly ProgramResult[];
  readonly servers: readonly ServerResult[];
  readonly startUp: readonly Row<Start>[];
  readonly ticker: Ticker | null;
  readonly languages: Languages | null;
  readonly edgeRowBytes: number;
  /** What must not fail and did, such as a wrong result of the original or of ours. */
  readonly failures: readonly string[];
}
