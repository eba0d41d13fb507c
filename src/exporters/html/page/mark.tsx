// The mark beside the title: three bars, as of a flame graph.

export function Mark() {
  return (
    <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
      <rect y="10.5" width="16" height="4.5" rx="1.2" class="mark-1" />
      <rect y="5.5" width="10.5" height="4" rx="1.2" class="mark-2" />
      <rect y="1" width="5.5" height="3.5" rx="1.2" class="mark-3" />
    </svg>
  );
}
