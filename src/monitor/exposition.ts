// Metrics as text, in the format of Prometheus (version 0.0.4) or in that of OpenMetrics (version 1.0.0), which differ in how
// counters are announced and in the last line. https://prometheus.io/docs/instrumenting/exposition_formats/

export interface Sample {
  /** Added to the family's name: `_bucket`, `_sum` and `_count` of a histogram. Default none; counters get `_total`. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  /** Without the `_total` of a counter. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence. */
  readonly help: string;
  /** No two of one suffix and the same labels. A family without samples is left out. */
  readonly samples: readonly Sample[];
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether a client that sends this `Accept` reads OpenMetrics. */
export function takesOpenMetrics(accept = ''): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => /^\s*application\/openmetrics-text\s*(;|$)/.test(range) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(range));
}

export function renderMetrics(families: readonly Family[], isOpen: boolean): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    const total = type === 'counter' ? `${name}_total` : name;
    const announced = isOpen ? name : total;
    lines.push(`# HELP ${announced} ${escaped(help, isOpen)}`, `# TYPE ${announced} ${type}`);
    for (const { suffix = '', labels = {}, value } of samples) {
      lines.push(`${total}${suffix}${labelsOf(labels)} ${numberText(value)}`);
    }
  }
  if (isOpen) lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

/** The `le` of a bucket: always with a decimal point, as OpenMetrics wants it, so that both formats give the same series. */
export function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : numberText(bound);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string, withQuotes: boolean): string {
  const lines = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return withQuotes ? lines.replaceAll('"', '\\"') : lines;
}
