// GET /: the page. Loaded when it is first asked for.
import { LIVE_PAGE_FILE, requireOwn } from '../register/package-root.ts';
import { answer } from './answers.ts';
import type { MonitorContext } from './context.ts';
import type * as LivePage from './live-page.ts';
import { takeOnly } from './query.ts';
import type { Exchange } from './routes.ts';

export function answerPage(_: MonitorContext, { response, query }: Exchange): void {
  takeOnly(query, []);
  const { LIVE_PAGE, LIVE_PAGE_HEADERS } = requireOwn(LIVE_PAGE_FILE) as typeof LivePage;
  answer(response, 200, LIVE_PAGE, LIVE_PAGE_HEADERS);
}
