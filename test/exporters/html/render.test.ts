// The exporter's half of the HTML report: what is embedded, what is cut, and that no text of a profile gets out of its place.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../../src/errors.ts';
import { CUT_STACKS } from '../../../src/exporters/html/embedded.ts';
import type { Embedded, EmbeddedEdges } from '../../../src/exporters/html/embedded.ts';
import { flameTree, matchedNs } from '../../../src/exporters/html/page/flame-tree.ts';
import { readReport } from '../../../src/exporters/html/page/report.ts';
import type { Report } from '../../../src/exporters/html/page/report.ts';
import { activeRows, EVERYTHING, selectEdges } from '../../../src/exporters/html/page/selection.ts';
import { renderHtml, scriptJson } from '../../../src/exporters/html/render.ts';
import type { HtmlOptions } from '../../../src/exporters/html/render.ts';
import type { Profile } from '../../../src/profile.ts';
import { EDGE_ADDITION, FUNCTION_ADDITION, sumParts } from '../../../src/statistics/figures.ts';
import { anyProfile } from '../../support/any-profile.ts';
import { makeFunction, makePart, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../../support/profiles.ts';
import { bigProfile } from './big-profile.ts';

/** The text of the element with that id, as a browser finds it: up to the first end tag. */
function textOf(html: string, id: string): string {
  const begin = html.indexOf('>', html.indexOf(`id="${id}"`)) + 1;
  return html.slice(begin, html.indexOf('</script', begin));
}

/** What the page would read. */
function reportOf(profile: Profile, options?: HtmlOptions): Report {
  const html = renderHtml(profile, options);
  const edges = JSON.parse(textOf(html, 'edges')) as EmbeddedEdges;
  return readReport(JSON.parse(textOf(html, 'profile')) as Embedded, () => edges);
}

describe('renderHtml()', () => {
  it('embeds all figures: rows of the page are those of the profile', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const { functions, edges } = reportOf(profile);
        profile.functions.forEach((fn, i) => {
          const row = functions[i];
          // Folders and slashes are made uniform.
          const same = { ...fn, file: row.file, key: row.key };
          const { key, parts, durations } = row;
          expect({ ...row, key, parts, durations }).to.deep.equal(same);
        });
        for (const { id } of profile.functions) {
          expect(edges.callersOf(id)).to.deep.equal(profile.edges.filter(({ callee }) => callee === id));
          expect(edges.calleesOf(id)).to.deep.equal(profile.edges.filter(({ caller }) => caller === id));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has the figures of any threads and tag as adding up the parts gives them', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), fc.nat(3), fc.integer({ min: -1, max: 2 }), (profile, thread, tag) => {
        const report = reportOf(profile);
        const selection = { threads: new Set([thread]), tag };
        const rows = report.rows(selection);
        const isIn = (part: { thread: number; tag: number }) => part.thread === thread && part.tag === tag;
        for (const fn of profile.functions) {
          const { calls, errors, selfWallNs, totalCpuNs, maxTotalNs, durations } = rows[fn.id];
          const naive = sumParts(fn.parts.filter(isIn), FUNCTION_ADDITION);
          expect({ calls, errors, selfWallNs, totalCpuNs, maxTotalNs, durations }).to.deep.equal({
            calls: naive.calls,
            errors: naive.errors,
            selfWallNs: naive.selfWallNs,
            totalCpuNs: naive.totalCpuNs,
            maxTotalNs: naive.maxTotalNs,
            durations: naive.durations,
          });
          for (const edge of selectEdges(report.edges.callersOf(fn.id), selection)) {
            const whole = profile.edges.find(({ caller, callee }) => caller === edge.caller && callee === fn.id)!;
            expect(edge).to.deep.include(sumParts(whole.parts.filter(isIn), EDGE_ADDITION));
          }
        }
        const naiveNs = profile.stacks
          .slice(1)
          .flatMap(({ parts }) => parts.filter(isIn))
          .reduce((sum, { selfWallNs }) => sum + selfWallNs, 0);
        expect(flameTree(report.stacks, selection, 'wall').totalNs[0]).to.equal(naiveNs);
      }),
      { numRuns: 60 },
    );
  });

  it('adds parts as their kind of figure asks: sums, maxima, standard errors, CPU that is unknown', () => {
    const parts = [
      makePart({ thread: 0, calls: 2, maxTotalNs: 5, longestBlockNs: 7, selfErrorNs: 3, selfCpuNs: 1 }),
      makePart({ thread: 1, calls: 3, maxTotalNs: 9, longestBlockNs: 6, selfErrorNs: 4, selfCpuNs: null }),
      makePart({ thread: 2, calls: 9, selfCpuNs: 1 }),
    ];
    const report = reportOf(makeProfile({ functions: [ROOT, makeFunction(1, { parts })] }));
    const [, row] = report.rows({ threads: new Set([0, 1]), tag: null });
    expect({ ...row }).to.deep.include({
      calls: 5,
      maxTotalNs: 9,
      longestBlockNs: 7,
      selfErrorNs: 5,
      selfCpuNs: null,
      totalCpuNs: 0,
    });
    expect(row.parts).to.have.length(2);
  });

  it('leaves out the event loop and what did not run', () => {
    const profile = profileOfSpans([[['f', 10, ['g', 5]]], [['h', 1]]]);
    const report = reportOf(profile);
    expect(activeRows(report.functions).map(({ name }) => name)).to.deep.equal(['f', 'g', 'h']);
    expect(activeRows(report.rows({ threads: new Set([1]), tag: null })).map(({ name }) => name)).to.deep.equal(['h']);
  });

  it('is the same for the same profile', () => {
    const profile = bigProfile({ functions: 50, stacks: 200, threads: 2, tags: 1 });
    expect(renderHtml(profile)).to.equal(renderHtml(profile));
  });

  it('shows files relative to the folder, and no other path of the machine', () => {
    const profile = makeProfile({
      functions: [...makeProfile().functions, makeFunction(1, { file: 'C:\\app\\src\\ünï.js' })],
      process: { argv: ['x.js'] },
    });
    const { functions } = reportOf(profile, { cwd: 'c:\\app' });
    expect(functions[1].file).to.equal('src/ünï.js');
  });

  it('has no CPU figures without a CPU clock, and starts with wall then', () => {
    const report = reportOf(withoutCpu(profileOfSpans([[['f', 10]]])), { clock: 'cpu' });
    expect(report).to.include({ hasCpu: false, clock: 'wall' });
    expect(report.functions[1].selfCpuNs).to.equal(null);
  });

  it('says first what was dropped, and that sources differ', () => {
    const { dropped } = makeProfile();
    const profile = makeProfile({
      dropped: { ...dropped, deepCalls: 3 },
      sources: [
        { file: '/a.js', hash: '1' },
        { file: '/a.js', hash: '2' },
        { file: '/b.js', hash: '1' },
      ],
    });
    expect(reportOf(profile).warnings).to.deep.equal([
      'Dropped: 3 calls deeper than the stack (counted, not timed)',
      'Two versions of /a.js: figures of both may be added up',
    ]);
    expect(reportOf(makeProfile()).warnings).to.deep.equal([]);
  });

  it('refuses options out of range', () => {
    const refused = (options: object, message: string) =>
      expect(() => renderHtml(makeProfile(), options))
        .to.throw(EverycallError, message)
        .with.property('code', 'bad-option');
    refused({ maxEdges: -1 }, "renderHtml() expects 'maxEdges' to be a whole number from 0, got -1");
    refused({ maxStacks: 0 }, "renderHtml() expects 'maxStacks' to be a whole number from 1, got 0");
    refused({ maxEdges: 1.5 }, 'got 1.5');
    refused({ clock: 'sun' }, "renderHtml() expects 'clock' to be wall or cpu, got 'sun'");
  });
});

describe('renderHtml() beyond its limits', () => {
  const profile = bigProfile({ functions: 100, stacks: 500, threads: 2, tags: 2 });

  it('keeps the edges of the greatest time and counts the others at either end', () => {
    const { edges, remarks } = reportOf(profile, { maxEdges: 20 });
    const byTime = [...profile.edges].sort((a, b) => b.totalWallNs - a.totalWallNs);
    const kept = profile.functions.flatMap(({ id }) => edges.callersOf(id));
    expect(kept).to.have.members(kept).and.length(20);
    expect(Math.min(...kept.map(({ totalWallNs }) => totalWallNs))).to.equal(byTime[19].totalWallNs);
    for (const { id } of profile.functions) {
      expect(edges.callersOf(id).length + edges.cutCallersOf(id)).to.equal(
        profile.edges.filter(({ callee }) => callee === id).length,
      );
      expect(edges.calleesOf(id).length + edges.cutCalleesOf(id)).to.equal(
        profile.edges.filter(({ caller }) => caller === id).length,
      );
    }
    expect(remarks.join()).to.include(`${profile.edges.length - 20} caller → callee pairs`);
  });

  it('keeps no edge if none is wanted', () => {
    const { edges } = reportOf(profile, { maxEdges: 0 });
    expect(profile.functions.flatMap(({ id }) => edges.calleesOf(id))).to.deep.equal([]);
  });

  it('folds the smallest stacks into one under each parent, and loses no time of any thread or tag', () => {
    const { stacks, remarks } = reportOf(profile, { maxStacks: 60 });
    const whole = reportOf(profile).stacks;
    expect((stacks.fn as number[]).filter((fn) => fn !== CUT_STACKS)).to.have.length(60);
    expect(stacks.cut).to.equal(440);
    expect(remarks.join()).to.include('440 smallest stacks');
    for (const selection of [EVERYTHING, { threads: new Set([1]), tag: null }, { threads: null, tag: 1 }]) {
      for (const clock of ['wall', 'cpu'] as const) {
        const tree = flameTree(stacks, selection, clock);
        expect(tree.totalNs[0]).to.equal(flameTree(whole, selection, clock).totalNs[0]);
        expect([...tree.parent].every((parent, n) => parent < n)).to.equal(true);
      }
    }
  });

  it('keeps the root alone if it must', () => {
    const { stacks } = reportOf(profile, { maxStacks: 1 });
    expect(stacks).to.include({ size: 2, cut: 499 });
  });
});

describe('matchedNs()', () => {
  it('counts a match within a match once', () => {
    const report = reportOf(
      profileOfSpans([
        [
          ['f', 10, ['g', 5, ['f', 3]]],
          ['g', 2],
        ],
      ]),
    );
    const tree = flameTree(report.stacks, EVERYTHING, 'wall');
    const matches = Uint8Array.from(report.functions, ({ name }) => (name === 'f' ? 1 : 0));
    expect(matchedNs(tree, matches)).to.equal(18);
  });
});

describe('the page around the data', () => {
  const hostile = [
    '</script><img src=x onerror=alert(1)>',
    '<!--<script>',
    '\u2028\u2029',
    '\ud800',
    '"\\\n\0',
    '$& $1',
  ];

  it('has no text of the profile that could end or open an element', () => {
    const functions = hostile.map((name, i) => makeFunction(i + 1, { name, file: name }));
    const html = renderHtml(makeProfile({ functions: [...makeProfile().functions, ...functions] }), {
      title: '</title><script>alert(1)</script>',
    });
    const report = readReport(JSON.parse(textOf(html, 'profile')) as Embedded, () => {
      throw new Error('edges are not needed here');
    });
    expect(report.functions.slice(1).map(({ name }) => name)).to.deep.equal(hostile);
    expect(html.match(/<script/g)).to.have.length(3);
    expect(html.match(/<\/script/g)).to.have.length(3);
    expect(html).to.not.match(/<img|<!--|[^\0-\x7f]/);
  });

  it('turns any text into JSON that says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = scriptJson(`${text}<`);
        expect(json).to.not.match(/[<]|[^\0-\x7f]/);
        expect(JSON.parse(json)).to.equal(`${text}<`);
      }),
    );
  });

  it('allows its own script and style, and nothing else', () => {
    const html = renderHtml(makeProfile());
    const policy = /content-security-policy" content="([^"]*)"/.exec(html)![1];
    const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const from = html.indexOf('<script>') + '<script>'.length;
    const script = html.slice(from, html.indexOf('</script>', from));
    const style = html.slice(html.indexOf('<style>') + '<style>'.length, html.indexOf('</style>'));
    expect(policy.split('; ')).to.have.members([
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('weighs at most 100 KiB', () => {
    expect(Buffer.byteLength(renderHtml(makeProfile()))).to.be.at.most(100 * 1024);
  });
});
