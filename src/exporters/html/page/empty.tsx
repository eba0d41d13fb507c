// What stands where there is nothing to show, and why.
import type { ComponentChildren } from 'preact';
import type { Report } from './report.ts';

export function Empty({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <svg viewBox="0 0 48 32" width="96" height="64" aria-hidden="true">
        <rect x="2" y="22" width="44" height="8" rx="2" />
        <rect x="2" y="12" width="28" height="8" rx="2" />
        <rect x="2" y="2" width="13" height="8" rx="2" />
      </svg>
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  );
}

export function emptyReason({ sessions }: Report, isFiltered: boolean): string {
  if (isFiltered) return 'No function ran on the thread and under the tag that are chosen above.';
  if (sessions.length === 0) return 'The profiler was never started.';
  return 'The profiler ran, but no instrumented function was called meanwhile.';
}
