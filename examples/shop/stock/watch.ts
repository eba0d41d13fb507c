// Waits for others, and does next to nothing itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { GOODS, random } from '../goods.ts';

export async function watchStock(): Promise<void> {
  for (;;) if ((await askStock()) < 10) reorder();
}

async function askStock(): Promise<number> {
  await sleep(100 + random(300));
  return random(100);
}

function reorder(): string {
  return GOODS.map((name) => name.toUpperCase()).join();
}
