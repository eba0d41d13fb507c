// How much of a processor the monitor may take, whoever asks it for whatever: a share on average, with some in hand for
// short work. The thread's own CPU time is the measure, so that nothing a client makes it do goes uncounted. Work that can
// wait, waits; what cannot be refused before it has cost something, such as one more connection, is slowed down by sleep.

/** Of one processor. */
export const CPU_SHARE = 0.08;
/** CPU time that may be used at once after a quiet time. */
const IN_HAND_MS = 2000;
/** The longest time to sleep at once, so that other clients are still answered. */
const LONGEST_SLEEP_MS = 25;
/** Nobody waits for longer than this for a frame, however much has been used. */
const LONGEST_WAIT_MS = 1000;

export interface Pace {
  /** Time until the share is kept again, in ms; 0 if it is. */
  debtMs(): number;
  /** To be called before work that comes unasked: sleeps if the share is used up. */
  slowDown(): void;
  /** When to do again what is to be done every `everyMs`. */
  delayMs(everyMs: number): number;
}

/**
 * @param cpuMs CPU time of this thread so far
 * @param nowMs wall time
 */
export function createPace(
  cpuMs: () => number,
  nowMs: () => number = () => performance.now(),
  sleep = sleepMs,
  share = CPU_SHARE,
): Pace {
  let inHandMs = IN_HAND_MS;
  let lastCpuMs = cpuMs();
  let lastMs = nowMs();
  function settle(): void {
    const [cpu, now] = [cpuMs(), nowMs()];
    inHandMs = Math.min(IN_HAND_MS, inHandMs + (now - lastMs) * share) - (cpu - lastCpuMs);
    [lastCpuMs, lastMs] = [cpu, now];
  }
  function debtMs(): number {
    settle();
    return inHandMs >= 0 ? 0 : -inHandMs / share;
  }
  return {
    debtMs,
    slowDown() {
      const debt = debtMs();
      if (debt > 0) sleep(Math.min(debt, LONGEST_SLEEP_MS));
    },
    delayMs: (everyMs) => Math.max(everyMs, Math.min(debtMs(), LONGEST_WAIT_MS)),
  };
}

function sleepMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
