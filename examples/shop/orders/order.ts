// One order: read, priced, checked, saved.
import { setTimeout as sleep } from 'node:timers/promises';
import { GOODS, random } from '../goods.ts';
import { checkSpelling } from './spelling.ts';

interface Order {
  readonly items: readonly { readonly name: string; readonly cents: number }[];
}

export async function answerOrder(): Promise<void> {
  const order = readOrder();
  priceOf(order);
  checkSpelling(order.items.map(({ name }) => name).join(' '));
  await saveOrder();
}

function readOrder(): Order {
  const count = 1 + random(8);
  const items = Array.from({ length: count }, () => ({ name: GOODS[random(GOODS.length)], cents: random(9000) }));
  return JSON.parse(JSON.stringify({ items })) as Order;
}

function priceOf({ items }: Order): number {
  return items.reduce((sum, { cents }) => sum + discounted(cents), 0);
}

function discounted(cents: number): number {
  return cents > 5000 ? Math.round(cents * 0.9) : cents;
}

async function saveOrder(): Promise<void> {
  await sleep(5 + random(30));
}
