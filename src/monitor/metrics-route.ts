// GET /metrics: for Prometheus and whatever else reads its format.
import { answer, Refusal } from './answers.ts';
import type { MonitorContext } from './context.ts';
import { OPEN_METRICS_TYPE, PROMETHEUS_TYPE, renderMetrics, takesOpenMetrics } from './exposition.ts';
import { METRIC_COLUMNS, Metrics } from './metrics.ts';
import { choiceOf, numberOf, takeOnly } from './query.ts';
import type { Exchange } from './routes.ts';

const DEFAULT_TOP = 50;
/** Series are what a server of metrics pays for. */
const MOST_FUNCTIONS = 1000;

/** Counters rise from one reading to the next, so what was given is kept for as long as the monitor is there. */
const metricsOf = new WeakMap<MonitorContext, Metrics>();

export function answerMetrics(context: MonitorContext, { request, response, query }: Exchange): void {
  takeOnly(query, ['top', 'by']);
  const top = Math.floor(numberOf(query, 'top', 0, MOST_FUNCTIONS) ?? DEFAULT_TOP);
  const by = choiceOf(query, 'by', METRIC_COLUMNS);
  const hasCpu = context.reader.clock.cpuName !== null;
  if (!hasCpu && (by === 'selfCpu' || by === 'totalCpu')) {
    throw new Refusal(400, 'bad-parameter', `expected no '${by}' where there is no CPU clock`);
  }
  let metrics = metricsOf.get(context);
  if (metrics === undefined) metricsOf.set(context, (metrics = new Metrics(context)));
  const isOpen = takesOpenMetrics(request.headers.accept);
  answer(response, 200, renderMetrics(metrics.read({ top, by: by ?? (hasCpu ? 'selfCpu' : 'selfWall') }), isOpen), {
    'Content-Type': isOpen ? OPEN_METRICS_TYPE : PROMETHEUS_TYPE,
  });
}
