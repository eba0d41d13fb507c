// Now and then it stops everything: nothing else happens on its thread meanwhile.
import { GOODS, random } from '../goods.ts';

export function writeDailyReport(): number {
  const until = Date.now() + 300 + random(500);
  let letters = 0;
  for (let line = 0; Date.now() < until; line++) letters += formatLine(line).length;
  return letters;
}

function formatLine(line: number): string {
  return `${line}: ${GOODS[line % GOODS.length]}`.padStart(40);
}
