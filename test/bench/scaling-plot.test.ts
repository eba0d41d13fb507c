// The charts: well-formed, and each point where its values say.
import { expect } from 'chai';
import { scaleOf, ticksOf } from '../../bench/scaling/axes.ts';
import { lineChart } from '../../bench/scaling/plot.ts';

/** Throws unless every element is closed in its turn; returns the attributes of those with this name. */
function elements(svg: string, wanted: string): Record<string, string>[] {
  const open: string[] = [];
  const found: Record<string, string>[] = [];
  let rest = svg;
  for (const [tag, close, name, attributes, empty] of svg.matchAll(
    /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    rest = rest.replace(tag, '');
    if (close !== '') expect(open.pop()).to.equal(name);
    else if (empty === '') open.push(name);
    if (name !== wanted || close !== '') continue;
    found.push(
      Object.fromEntries([...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
    );
  }
  expect(open).to.deep.equal([]);
  expect(rest).to.not.match(/[<>]/);
  return found;
}

describe('lineChart()', () => {
  const svg = lineChart({
    title: 'Cost & <size>',
    xLabel: 'size',
    yLabel: 'ns',
    lines: [
      { label: 'a', color: 0, points: [1, 10, 100].map((x) => ({ x, y: 10, q1: 5, q3: 20 })) },
      { label: 'b', color: 1, dashed: true, points: [{ x: 1, y: 1 }, { x: 100, y: 100 }, { x: 10, y: 0 }] }, // prettier-ignore
    ],
  });

  it('is well-formed', () => {
    expect(elements(svg, 'svg')).to.have.length(1);
    expect(svg).to.include('Cost &amp; &lt;size&gt;');
    expect(elements(svg, 'text').length).to.be.above(8);
  });

  it('puts points where both logarithms are, and leaves out what has none', () => {
    const dots = elements(svg, 'circle').map(({ cx, cy }) => [Number(cx), Number(cy)]);
    expect(dots).to.have.length(5);
    const [[x1, y10], [x10], [x100]] = dots;
    expect(x10 - x1).to.be.closeTo(x100 - x10, 0.02);
    const [, , , low, high] = dots;
    expect(low[0]).to.equal(x1);
    expect(high[0]).to.equal(x100);
    expect(y10, 'ten lies between one and a hundred').to.be.closeTo((low[1] + high[1]) / 2, 0.02);
    expect(low[1], 'upwards').to.be.above(high[1]);
  });

  it('draws the quartiles as a band round the line', () => {
    const [band] = elements(svg, 'path').filter((path) => path.class.startsWith('band'));
    const ys = [...band.d.matchAll(/[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    const y10 = Number(elements(svg, 'circle')[0].cy);
    expect(ys).to.have.length(6);
    expect(y10 - ys[0]).to.be.closeTo(ys[5] - y10, 0.02);
    expect(ys[0]).to.be.below(y10);
  });

  it('draws a chart of nothing', () => {
    expect(elements(lineChart({ title: '', xLabel: '', yLabel: '', lines: [] }), 'circle')).to.deep.equal([]);
  });
});

describe('ticksOf()', () => {
  it('gives each power of ten and what is round it', () => {
    expect(ticksOf(scaleOf([0.2, 3000], 0, 100))).to.deep.equal([
      { at: 0, text: '0.1' },
      { at: 20, text: '1' },
      { at: 40, text: '10' },
      { at: 60, text: '100' },
      { at: 80, text: '1,000' },
      { at: 100, text: '10,000' },
    ]);
  });
});
