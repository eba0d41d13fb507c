// A small shop that never closes, to look at while it runs: `npm run demo:live`. The main thread answers orders and searches,
// one thread resizes pictures, one waits for the stock. Something in here is slow on purpose: find it.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { withTag } from 'everycall';
import { answerOrder } from './orders/order.ts';
import { answerSearch } from './orders/search.ts';
import { resizePictures } from './pictures/resize.ts';
import { writeDailyReport } from './reports/daily.ts';
import { watchStock } from './stock/watch.ts';

function openShop(): void {
  setInterval(() => void withTag('POST /orders', answerOrder), 40);
  setInterval(() => void withTag('GET /search', answerSearch), 12);
  setInterval(() => withTag('daily report', writeDailyReport), 7000);
  for (const job of ['pictures', 'stock']) new Worker(new URL(import.meta.url), { name: job, workerData: job });
  console.log('the shop is open, until Ctrl-C');
}

if (isMainThread) openShop();
else if (workerData === 'pictures') void resizePictures();
else void watchStock();
