// Rows of awaits: how many of the activations that came by an edge wait, and for how long. The integral of that number
// over time is kept instead of anything about single activations, so nothing needs to find these at a stop or a reading.
import type { Arena } from './arena.ts';
import { AWAITS, EDGE, FUNCTION, SLAB_AWAITS } from './layout.ts';
import { rowsOfTable } from './table.ts';

/** Charges the time since the row's last change to those that wait. Call it before their number changes. */
export function chargeAwaits({ I, F }: Arena, row: number, wallNs: number): void {
  const at = row >> 1;
  const elapsed = wallNs - F[at + AWAITS.changedWallNs];
  F[at + AWAITS.changedWallNs] = wallNs;
  if (F[at + AWAITS.awaiting] === 0 || !(elapsed > 0)) return;
  F[at + AWAITS.awaitNs] += elapsed * F[at + AWAITS.awaiting];
  F[(I[row + AWAITS.fn] >> 1) + FUNCTION.totalWallNs] += elapsed * F[at + AWAITS.awaitingTotal];
  F[(I[row + AWAITS.edge] >> 1) + EDGE.totalWallNs] += elapsed * F[at + AWAITS.awaitingEdgeTotal];
}

/** Ends all waiting: what is suspended counts as unfinished from here on. */
export function endAwaits(arena: Arena, slab: number, wallNs: number): void {
  const { I, F } = arena;
  for (const row of rowsOfTable(arena, slab + SLAB_AWAITS)) {
    chargeAwaits(arena, row, wallNs);
    F[(I[row + AWAITS.fn] >> 1) + FUNCTION.unfinished] += I[row + AWAITS.suspended];
    I[row + AWAITS.suspended] = 0;
    F[(row >> 1) + AWAITS.awaiting] = 0;
    F[(row >> 1) + AWAITS.awaitingTotal] = 0;
    F[(row >> 1) + AWAITS.awaitingEdgeTotal] = 0;
  }
}
