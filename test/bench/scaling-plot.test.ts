// The charts: well-formed, and each point where its values say.
import { expect } from 'chai';
import { scaleOf, ticksOf } from '../../bench/scaling/axes.ts';
import { lineChart, pointOf } from '../../bench/scaling/plot.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What follows the tag, up to the next one. */
  readonly text: string;
}

/** All elements in their order. Throws unless each is closed in its turn. */
function elementsOf(svg: string): Element[] {
  const open: string[] = [];
  const found: Element[] = [];
  const outside = svg.replaceAll(
    /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>([^<]*)/g,
    (_, close: string, name: string, attributes: string, empty: string, text: string) => {
      if (close !== '') expect(open.pop()).to.equal(name);
      else {
        if (empty === '') open.push(name);
        const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
        found.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string>, text });
      }
      return '';
    },
  );
  expect(open).to.deep.equal([]);
  expect(outside, 'nothing but elements').to.equal('');
  return found;
}

type Place = readonly [x: number, y: number];
const placesOf = (d: string): Place[] =>
  [...d.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

describe('lineChart()', () => {
  const elements = elementsOf(
    lineChart({
      title: 'Cost & <size>',
      xLabel: 'how many',
      yLabel: 'ns a call',
      lines: [
        { label: 'steady', color: 0, points: [1, 10, 100].map((x) => pointOf(x, { q1: 5, median: 10, q3: 2000 })) },
        { label: 'compared', color: 2, dashed: true, points: [{ x: 1, y: 1 }, { x: 100, y: 100 }, { x: 10, y: 0 }] }, // prettier-ignore
      ],
    }),
  );
  const all = (name: string, of?: RegExp) =>
    elements.filter((each) => each.name === name && (of?.test(each.attributes.class ?? '') ?? true));
  const texts = all('text');
  const textOf = (text: string) => texts.filter((each) => each.text === text).map(({ attributes }) => attributes);
  const dots = all('circle').map(({ attributes: { cx, cy } }): Place => [Number(cx), Number(cy)]);
  const [one, ten, hundred, low, high] = dots;
  const frame = Object.fromEntries(
    ['x', 'y', 'width', 'height'].map((key) => [key, Number(all('rect', /^frame$/)[0].attributes[key])]),
  );

  it('puts points where both logarithms are, and leaves out what has none', () => {
    expect(dots).to.have.length(5);
    expect(ten[0] - one[0]).to.be.closeTo(hundred[0] - ten[0], 0.02);
    expect(ten[0], 'to the right').to.be.above(one[0]);
    expect([low[0], high[0]]).to.deep.equal([one[0], hundred[0]]);
    expect(ten[1], 'ten lies between one and a hundred').to.be.closeTo((low[1] + high[1]) / 2, 0.02);
    expect(low[1], 'upwards').to.be.above(high[1]);
  });

  it('says at the powers of ten what they are, with a line across', () => {
    for (const [text, x] of [
      ['1', one[0]],
      ['10', ten[0]],
      ['100', hundred[0]],
    ] as const) {
      // prettier-ignore
      const [label] = textOf(text).filter((each) => each['text-anchor'] === 'middle');
      expect(Number(label.x), `${text} below`).to.equal(x);
      expect(Number(label.y)).to.be.above(frame.y + frame.height);
    }
    for (const [text, y] of [
      ['1', low[1]],
      ['10', ten[1]],
      ['100', high[1]],
    ] as const) {
      // prettier-ignore
      const [label] = textOf(text).filter((each) => each['text-anchor'] === 'end');
      expect(Number(label.y) - 4, `${text} at the side`).to.be.closeTo(y, 0.02);
      expect(Number(label.x)).to.be.below(frame.x);
    }
    const lines = all('line', /^grid$/).map(({ attributes: { x1, y1, x2, y2 } }) => [x1, y1, x2, y2].map(Number));
    const [bottom, right] = [frame.y + frame.height, frame.x + frame.width];
    for (const [x] of [one, ten, hundred]) expect(lines).to.deep.include([x, frame.y, x, bottom]);
    for (const [, y] of [low, ten, high]) expect(lines).to.deep.include([frame.x, y, right, y]);
  });

  it('draws each line through all its points, in its colour, in the order given', () => {
    const curves = all('path', /^line/).map(({ attributes }) => [attributes.class, placesOf(attributes.d)]);
    expect(curves).to.deep.equal([
      ['line c0', [one, ten, hundred]],
      ['line c2 dashed', [low, high]],
    ]);
    expect(all('circle').map(({ attributes }) => attributes.class)).to.deep.equal(['f0', 'f0', 'f0', 'f2', 'f2']);
  });

  it('draws the quartiles as a band round the line, inside the frame', () => {
    const bands = all('path', /^band/);
    expect(bands.map(({ attributes }) => attributes.class)).to.deep.equal(['band f0']);
    const places = placesOf(bands[0].attributes.d);
    expect(places.map(([x]) => x)).to.deep.equal([one, ten, hundred, hundred, ten, one].map(([x]) => x));
    const [upper, lower] = [places.slice(0, 3), places.slice(3)].map((half) => new Set(half.map(([, y]) => y)));
    expect([upper.size, lower.size]).to.deep.equal([1, 1]);
    // A decade is as high everywhere: 2000 lies log10(200) of them above ten, 5 log10(2) below.
    const decade = low[1] - ten[1];
    expect([...upper][0]).to.be.closeTo(ten[1] - Math.log10(200) * decade, 0.02);
    expect([...lower][0]).to.be.closeTo(ten[1] + Math.log10(2) * decade, 0.02);
    expect([...upper][0]).to.be.at.least(frame.y);
  });

  it('says what it shows, on which axis, and which line is which', () => {
    const [title] = textOf('Cost &amp; &lt;size&gt;');
    expect(title.class).to.equal('title');
    expect(textOf('how many')[0].transform).to.equal(undefined);
    expect(textOf('ns a call')[0].transform).to.match(/rotate\(-90\)/);
    const legend = elements.flatMap(({ name, attributes }, i) =>
      name === 'line' && /^line/.test(attributes.class) ? [[attributes.class, elements[i + 1].text]] : [],
    );
    expect(legend).to.deep.equal([
      ['line c0', 'steady'],
      ['line c2 dashed', 'compared'],
    ]);
  });

  it('draws a chart of nothing, and of a single value', () => {
    const chart = (points: readonly { x: number; y: number }[]) =>
      elementsOf(lineChart({ title: '', xLabel: '', yLabel: '', lines: [{ label: '', color: 0, points }] }));
    expect(chart([]).filter(({ name }) => name === 'circle')).to.deep.equal([]);
    expect(chart([{ x: 10, y: 10 }]).filter(({ name }) => name === 'circle')).to.have.length(1);
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
    expect(ticksOf(scaleOf([0.0002], 0, 100))).to.deep.equal([
      { at: 0, text: '0.0001' },
      { at: 100, text: '0.001' },
    ]);
  });
});
