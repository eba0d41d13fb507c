// The text formats of metrics. That a real Prometheus reads them is in prometheus.test.ts.
import { expect } from 'chai';
import { boundText, type Family, renderMetrics, takesOpenMetrics } from '../../src/monitor/exposition.ts';

const FAMILIES: readonly Family[] = [
  {
    name: 'x_calls',
    type: 'counter',
    help: 'A\nB \\ "C"',
    samples: [{ labels: { f: 'a"b\\c\nd', n: 'ü' }, value: 3 }],
  },
  { name: 'x_none', type: 'gauge', help: 'None.', samples: [] },
  {
    name: 'x_seconds',
    type: 'histogram',
    help: 'H.',
    samples: [
      { suffix: '_bucket', labels: { le: boundText(1) }, value: 1 },
      { suffix: '_bucket', labels: { le: '+Inf' }, value: 2 },
      { suffix: '_sum', value: 1.5e-9 },
      { suffix: '_count', value: 2 },
    ],
  },
  { name: 'x_now', type: 'gauge', help: 'N.', samples: [{ value: Infinity }, { value: -Infinity }, { value: NaN }] },
];

describe('metrics as text', () => {
  it('is Prometheus text', () => {
    expect(renderMetrics(FAMILIES, false).split('\n')).to.deep.equal([
      String.raw`# HELP x_calls_total A\nB \\ "C"`,
      '# TYPE x_calls_total counter',
      String.raw`x_calls_total{f="a\"b\\c\nd",n="ü"} 3`,
      '# HELP x_seconds H.',
      '# TYPE x_seconds histogram',
      'x_seconds_bucket{le="1.0"} 1',
      'x_seconds_bucket{le="+Inf"} 2',
      'x_seconds_sum 1.5e-9',
      'x_seconds_count 2',
      '# HELP x_now N.',
      '# TYPE x_now gauge',
      'x_now +Inf',
      'x_now -Inf',
      'x_now NaN',
      '',
    ]);
  });

  it('or OpenMetrics, where counters are announced without _total', () => {
    const lines = renderMetrics(FAMILIES, true).split('\n');
    expect(lines.slice(0, 3)).to.deep.equal([
      String.raw`# HELP x_calls A\nB \\ \"C\"`,
      '# TYPE x_calls counter',
      String.raw`x_calls_total{f="a\"b\\c\nd",n="ü"} 3`,
    ]);
    expect(lines.slice(-2)).to.deep.equal(['# EOF', '']);
  });

  it('writes bounds with a decimal point', () => {
    expect([0.25, 1, 10].map(boundText)).to.deep.equal(['0.25', '1.0', '10.0']);
  });

  for (const [accept, isOpen] of [
    [undefined, false],
    ['*/*', false],
    ['text/plain;version=0.0.4', false],
    ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', true],
    ['text/plain;q=0.5, application/openmetrics-text', true],
    ['application/openmetrics-text;q=0, text/plain', false],
    ['application/openmetrics-textual', false],
  ] as const) {
    it(`gives ${isOpen ? 'OpenMetrics' : 'Prometheus text'} for ${accept ?? 'no Accept'}`, () => {
      expect(takesOpenMetrics(accept)).to.equal(isOpen);
    });
  }
});
