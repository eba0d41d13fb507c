// The slow one: it compares every letter with every other, again and again, in the middle of each order.
const ROUNDS = 12;

export function checkSpelling(text: string): number {
  let pairs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const a of text) for (const b of text) if (isSameLetter(a, b)) pairs++;
  }
  return pairs;
}

function isSameLetter(a: string, b: string): boolean {
  return a.charCodeAt(0) === b.charCodeAt(0);
}
