// One search.
import { setTimeout as sleep } from 'node:timers/promises';
import { GOODS, random } from '../goods.ts';

export async function answerSearch(): Promise<void> {
  const letter = String.fromCharCode(97 + random(26));
  GOODS.filter((name) => name.includes(letter)).sort(byLength);
  await sleep(random(10));
}

function byLength(a: string, b: string): number {
  return a.length - b.length;
}
