// The lines above a report's table: what was profiled, what is missing from the figures, and what was left out.
import type { Dropped, NotInstrumented, ProcessInfo, Profile } from '../profile.ts';
import { count, duration } from './figures.ts';

/** `2 sessions, 1.234 s, still running; 5 threads; adaptive precision (overhead 3 %, tick 1 ms)` */
export function headline({ sessions, threads, processes }: Profile): string {
  const lastedNs = sessions.reduce((sum, { durationNs }) => sum + durationNs, 0);
  const running = processes.some((process) => process.running);
  return [
    ...(processes.length > 1 ? [count(processes.length, 'process', 'processes')] : []),
    `${count(sessions.length, 'session')}, ${tidy(duration(lastedNs))}${running ? ', still running' : ''}`,
    count(threads.length, 'thread'),
    [...new Set(processes.map(precisionText))].join(' and '),
  ].join('; ');
}

function precisionText({ precision, overhead, tickMs }: ProcessInfo): string {
  const details = [
    precision === 'adaptive' ? `overhead ${(overhead * 100).toFixed(1).replace(/\.0$/, '')} %` : '',
    precision === 'exact' ? '' : `tick ${tickMs} ms`,
  ].filter((detail) => detail !== '');
  return `${precision} precision${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

/** Units are padded for columns; in a sentence one space is enough. */
function tidy(text: string): string {
  return text.replace(/ +/, ' ');
}

export function isComplete(dropped: Dropped): boolean {
  return Object.values(dropped).every((n: number) => n === 0);
}

/** How much went where; `dropped: nothing` for a complete profile. */
export function dropLine(dropped: Dropped): string {
  const { edgeCalls, siteCalls, deepCalls, samples, threads, tagCalls, durations } = dropped;
  const parts = [
    edgeCalls > 0 && `${count(edgeCalls, 'call')} whose caller found no room (counted, caller '(overflow)')`,
    siteCalls > 0 && `${count(siteCalls, 'call')} of functions that found no room (counted as '(overflow)')`,
    deepCalls > 0 && `${count(deepCalls, 'call')} deeper than the stack (counted, not timed)`,
    samples > 0 && `${count(samples, 'stack sample')} that found no room (missing from the call tree)`,
    tagCalls > 0 && `${count(tagCalls, 'call')} whose tag found no room (counted without it)`,
    durations > 0 && `${count(durations, 'duration')} that found no room (missing from percentiles)`,
    threads > 0 && `${count(threads, 'thread')} that found no room (not profiled)`,
  ].filter((part) => part !== false);
  return `dropped: ${parts.length === 0 ? 'nothing' : parts.join('; ')}`;
}

/** `12 functions (eval) and 1 function (with) were left uninstrumented`; `null` if there are none. */
export function notInstrumentedLine(left: readonly NotInstrumented[]): string | null {
  if (left.length === 0) return null;
  const byReason = new Map<string, number>();
  for (const { reason } of left) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const parts = [...byReason].sort((a, b) => b[1] - a[1]).map(([reason, n]) => `${count(n, 'function')} (${reason})`);
  const all = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${all} ${left.length === 1 ? 'was' : 'were'} left uninstrumented`;
}
