// Files that are read, with changes in them: profiles, budgets, recordings, cache entries, source maps. Each is taken whole or
// refused; what is taken can be used for everything there is.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkBudget } from '../../src/budget/check.ts';
import { readBudgetText } from '../../src/budget/parse.ts';
import { budgetOf, renderBudget, updateBudget } from '../../src/budget/update.ts';
import { renderBudgetGithub } from '../../src/exporters/budget-github.ts';
import { renderBudgetJson } from '../../src/exporters/budget-json.ts';
import { renderBudgetJunit } from '../../src/exporters/budget-junit.ts';
import { renderBudgetText } from '../../src/exporters/budget-text.ts';
import { renderDiffJson } from '../../src/exporters/diff-json.ts';
import { renderDiffMarkdown } from '../../src/exporters/diff-markdown.ts';
import { renderDiffTable } from '../../src/exporters/diff-table.ts';
import { FORMAT_IDS, render } from '../../src/exporters/formats.ts';
import { renderJson } from '../../src/exporters/json.ts';
import { load, loadText, save } from '../../src/files.ts';
import * as everycall from '../../src/index.ts';
import type { Profile } from '../../src/profile.ts';
import { collect } from '../../src/recording/collect.ts';
import { cacheKey, openCache } from '../../src/register/cache.ts';
import { compile } from '../../src/register/compile.ts';
import { anyProfile } from '../support/any-profile.ts';
import { changed, changes, cut, cuts, fuzz, gives } from './fuzz.ts';

const PROFILES: readonly Profile[] = fc.sample(anyProfile({ sampled: true }), { numRuns: 12, seed: 5 });
const JSONS = PROFILES.map((profile) => renderJson(profile));
const [good] = PROFILES;
const one = fc.nat(JSONS.length - 1);

let folder: string;
const at = (name: string) => join(folder, name);
const nothingIsLeft = () => expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);

/** Everything that is done with profiles. */
function useFully(profile: Profile): void {
  for (const format of FORMAT_IDS) if (format !== 'html') gives(() => render(profile, format));
  gives(() => render(profile, 'table', { perThread: true, perProcess: true, columns: [...everycall.COLUMN_IDS] }));
  const compensated = gives(() => everycall.compensate(profile));
  const together = gives(() => everycall.merge(profile, good, profile));
  for (const other of [compensated, together, good]) {
    if (other === undefined) continue;
    const difference = gives(() => everycall.diff(profile, other, { same: true }));
    if (difference === undefined) continue;
    for (const show of [renderDiffTable, renderDiffMarkdown, renderDiffJson]) gives(() => show(difference));
  }
  for (const grouping of ['file', 'package', 'thread'] as const) gives(() => everycall.groupBy(profile, grouping));
  for (const filter of [
    { thread: 0 },
    { process: 0 },
    { tag: null },
    { name: '*' },
    { file: '**/*.js' },
    { package: '(own)' },
  ]) {
    gives(() => everycall.select(profile, filter));
  }
  gives(() => everycall.stripDirs(profile));
  gives(() => everycall.sharedSessions(profile, good));
  gives(() => everycall.differingSources(profile));
  for (const fn of profile.functions) {
    gives(() => everycall.percentileNs(fn, 0.5));
    gives(() => [
      everycall.byThread(fn),
      everycall.byTag(fn),
      everycall.callersOf(profile, fn),
      everycall.packageOf(fn),
    ]);
  }
  const budget = gives(() => budgetOf(profile, {}));
  if (budget !== undefined) gives(() => checkBudget(profile, budget));
  const path = at('again.json');
  gives(() => save(profile, path));
  const again = gives(() => load(path));
  expect(again).to.deep.equal(profile);
}

describe('files by chance', () => {
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-fuzz-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  fuzz(
    'a profile with changed data is refused, or can be used',
    fc.tuple(one, changes, fc.boolean()),
    120,
    ([i, all, packed]) => {
      const json = JSON.stringify(changed(JSON.parse(JSONS[i]), all));
      writeFileSync(at('p.json'), packed ? gzipSync(json) : json);
      const profile = gives(() => load(at('p.json')));
      if (profile !== undefined) useFully(profile);
      nothingIsLeft();
    },
  );
  fuzz(
    'a profile with changed bytes is refused, or can be used',
    fc.tuple(one, cuts, fc.boolean()),
    200,
    ([i, all, packed]) => {
      const bytes = packed ? gzipSync(JSONS[i]) : Buffer.from(JSONS[i]);
      writeFileSync(at('p.json'), cut(bytes, all));
      const profile = gives(() => load(at('p.json')));
      if (profile !== undefined) useFully(profile);
    },
  );
  fuzz(
    'any text is refused as a profile and as a budget',
    fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
    200,
    (text) => {
      writeFileSync(at('p.json'), text);
      expect(gives(() => load(at('p.json')))).to.equal(undefined);
      expect(gives(() => loadText(at('p.json'), readBudgetText))).to.equal(undefined);
    },
  );

  const rules = [
    ...budgetOf(good, {}).rules,
    { function: 'f', max: { calls: 3, totalWall: '3 ms' } },
    { function: ['f', 'A.*'], file: '**/*.js', max: { calls: 10, selfWall: '1s' }, min: { calls: 1 }, optional: true },
    { function: 'g', from: { function: 'f' }, max: { calls: 1 } },
    { function: 'g', per: 'f', max: { calls: 1.5 } },
  ];
  const budget = { format: 'everycall.budget', version: 1, rules };
  it('has a budget and profiles to start from that are taken', () => {
    expect(everycall.parseBudget(JSON.stringify(budget)).rules).to.have.length(rules.length);
    for (const profile of PROFILES) useFully(profile);
  });
  const useBudget = () => {
    const read = gives(() => loadText(at('b.json'), readBudgetText));
    if (read === undefined) return;
    for (const profile of PROFILES.slice(0, 3)) {
      const result = gives(() => checkBudget(profile, read));
      if (result === undefined) continue;
      for (const show of [renderBudgetText, renderBudgetGithub, renderBudgetJunit, renderBudgetJson])
        gives(() => show(result));
      const updated = gives(() => updateBudget(read, profile));
      if (updated !== undefined) gives(() => everycall.parseBudget(renderBudget(updated)));
    }
  };
  fuzz('a budget with changed data is refused, or can be used', changes, 400, (all) => {
    writeFileSync(at('b.json'), JSON.stringify(changed(budget, all)));
    useBudget();
  });
  fuzz('a budget with changed bytes is refused, or can be used', cuts, 300, (all) => {
    writeFileSync(at('b.json'), cut(Buffer.from(JSON.stringify(budget)), all));
    useBudget();
  });
  fuzz('parseBudget() and checkBudget() refuse it, too', fc.tuple(changes, cuts), 300, ([some, all]) => {
    gives(() => everycall.parseBudget(cut(Buffer.from(JSON.stringify(budget)), all).toString()));
    gives(() => everycall.checkBudget(good, changed(budget, some) as everycall.Budget));
    gives(() => everycall.checkBudget(good, changed(rules, some) as everycall.BudgetRule[]));
  });

  const marker = {
    pid: 99999999,
    argv: ['/app/main.js', '--x'],
    nodeVersion: 'v24.0.0',
    startedAtMs: 1,
    systemStart: '1',
  };
  fuzz(
    'a recording is added up, and what is wrong in it is said',
    fc.tuple(one, changes, changes, cuts, fc.nat(15)),
    100,
    ([i, some, others, all, which]) => {
      const directory = at('recording');
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      const profile = gzipSync(JSON.stringify(changed(JSON.parse(JSONS[i]), some)));
      writeFileSync(join(directory, '12-ab.process.json'), JSON.stringify(changed(marker, others)));
      if (which & 1) writeFileSync(join(directory, '12-ab.json.gz'), profile);
      if (which & 2) writeFileSync(join(directory, '12-ab.checkpoint.json.gz'), gzipSync(JSONS[i]));
      if (which & 4) writeFileSync(join(directory, '13-cd.checkpoint.json.gz'), profile);
      if (which & 8)
        writeFileSync(join(directory, '13-cd.process.json'), cut(Buffer.from(JSON.stringify(marker)), all));
      const collected = gives(() => collect(directory));
      for (const problem of collected?.problems ?? []) expect(problem).to.match(/^[^\n]+$/);
    },
  );

  fuzz('a cache entry is whole or none', fc.tuple(cuts, fc.boolean()), 300, ([all, ofMap]) => {
    const cache = openCache(at('cache'), '/');
    const key = cacheKey(['x']);
    const entry = { code: 'let größe = 1;\n', format: 'module', map: '{"version":3}' } as const;
    const whole = cache.write(key, entry);
    const file = join(at('cache'), ofMap ? `${key}.map` : key);
    writeFileSync(file, cut(Buffer.from(ofMap ? entry.map : 'everycall-cache/3 '), all));
    const read = cache.read(key);
    if (read !== null) expect(read).to.deep.equal(whole);
  });

  const source =
    'export function größe(a) {\n  return a ? () => a : class { m() {} };\n}\nasync function f() { await größe(1); }\n';
  const map = {
    version: 3,
    file: 'x.js',
    sourceRoot: '',
    sources: ['a.ts', 'b.ts'],
    sourcesContent: [null, 'let b;'],
    names: ['größe', 'a'],
    mappings: 'AAAA,SAASA,MAAMC;AACb,OAAOA;AACT;ACFA,SAASA',
  };
  const sectioned = {
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map },
      { offset: { line: 2, column: 0 }, map },
    ],
  };
  /** Compiles the source with the map; what is made has a map of its own that can be read. */
  const useMap = (json: Uint8Array | string) => {
    const url = `data:application/json;base64,${Buffer.from(json).toString('base64')}`;
    const filename = at('x.js');
    const withMap = `${source}//# sourceMappingURL=${url}\n`;
    const made = compile({
      source: withMap,
      filename,
      format: 'module',
      syntax: null,
      instrument: true,
      originals: 'all',
    });
    expect(JSON.parse(made.map)).to.have.property('version', 3);
    expect(made.code).to.contain('größe');
  };
  it('a section of a source map that begins nowhere is left', () => {
    for (const line of [2 ** 31, 1e15, -1, 1e308, null]) {
      useMap(JSON.stringify({ version: 3, sections: [{ offset: { line, column: 0 }, map }] }));
    }
  });
  fuzz('a source map with changed data is used or left', fc.tuple(changes, fc.boolean()), 300, ([all, inSections]) => {
    useMap(JSON.stringify(changed(inSections ? sectioned : map, all)));
  });
  fuzz('a source map with changed bytes is used or left', fc.tuple(cuts, fc.boolean()), 300, ([all, inSections]) => {
    useMap(cut(Buffer.from(JSON.stringify(inSections ? sectioned : map)), all));
  });
});
