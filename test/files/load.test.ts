// load(): what is no profile, or not a whole one, is refused in one clear line.
import { truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { renderJson } from '../../src/exporters/json.ts';
import { load, save } from '../../src/files.ts';
import { functionOf, keyOf } from '../../src/statistics/assembly.ts';
import { changed, folder, inFolder, inFreshFolder, refusal, refusalOf, sample } from '../support/profile-files.ts';
import { makeEdge, makeFunction, makePart, makeProfile, ROOT } from '../support/profiles.ts';

describe('load()', () => {
  inFreshFolder();

  it('names a file that is not there', () => {
    expect(refusal(() => load(inFolder('no.json')))).to.contain(`cannot load ${inFolder('no.json')}: ENOENT`);
    expect(refusal(() => load(folder))).to.contain('EISDIR');
  });

  it('refuses what is no JSON, or only a part of it', () => {
    const whole = renderJson(sample).trimEnd();
    expect(refusalOf('')).to.equal('expected JSON, got an empty file');
    expect(refusalOf('hello')).to.match(/^expected JSON, got something else or a part of it \(.*hello.*\)$/);
    for (const length of [1, 50, whole.length - 1]) {
      expect(refusalOf(whole.slice(0, length))).to.match(/^expected JSON, got something else or a part of it/);
    }
    expect(refusalOf(Uint8Array.of(0x7b, 0xff, 0x7d))).to.equal('expected JSON as UTF-8 text, got other bytes');
  });

  it('refuses damaged gzip data', () => {
    const whole = gzipSync(renderJson(sample));
    expect(refusalOf(whole.subarray(0, 40))).to.match(/^expected gzip data, got something else or a part of it/);
    const flipped = Uint8Array.from(whole);
    flipped[60] ^= 0xff;
    expect(refusalOf(flipped)).to.match(/^expected gzip data/);
    expect(refusalOf(Uint8Array.of(0x1f, 0x8b, 1, 2, 3), 'bad.json.gz')).to.match(/^expected gzip data/);
    expect(refusalOf('garbage', 'bad.json.gz')).to.match(/^expected JSON/);
  });

  it('refuses other JSON', () => {
    for (const other of ['null', '7', '[]', '{}', '{"nodes":[]}', '{"format":"pprof"}']) {
      expect(refusalOf(other)).to.equal('expected "format": "everycall.profile", got other JSON');
    }
  });

  it('says that another version of everycall wrote it, before anything else', () => {
    const file = (version: number) => `{"format":"everycall.profile","formatVersion":${version},"novelty":1}`;
    expect(refusalOf(file(4))).to.equal('expected formatVersion to be 3, got 4: a newer everycall wrote it');
    expect(refusalOf(file(2))).to.equal('expected formatVersion to be 3, got 2: an older everycall wrote it');
    for (const version of ['0', '"1"', 'null', '1.5']) {
      expect(refusalOf(`{"format":"everycall.profile","formatVersion":${version}}`)).to.equal(
        `expected formatVersion to be a whole number from 1, got ${version}`,
      );
    }
  });

  it('refuses numbers that JSON can write and no figure can be', () => {
    expect(refusalOf(changed(() => {}).replace('"pid":4711', '"pid":1e999'))).to.contain('got Infinity');
    expect(refusalOf(changed(() => {}).replace('"pid":4711', '"pid":NaN'))).to.match(/^expected JSON/);
  });

  it('refuses keys that would reach prototypes', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const attack = (where: string) => changed(() => {}).replace(where, `${where}"${key}":{"polluted":1},`);
      expect(refusalOf(attack('{'))).to.equal(`expected an object without other fields, got "${key}"`);
      expect(refusalOf(attack('"clock":{'))).to.contain(`got "${key}"`);
    }
    // A field that is only inherited is not there.
    expect(refusalOf(changed((p) => delete p.dropped).replace('{', '{"__proto__":{"dropped":{}},'))).to.contain(
      'dropped',
    );
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('takes names that look like prototype keys', () => {
    const [root, a, b] = sample.functions;
    const named = { ...a, name: '__proto__' };
    const profile = { ...sample, functions: [root, functionOf(1, keyOf(named), named, a.parts), b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(profile);
  });

  it('takes blocks of any length, and their columns in any order', () => {
    const cut = changed((p) => {
      for (const name of ['functions', 'functionParts', 'edges', 'stacks', 'stackParts']) {
        const [block] = p[name] as Record<string, unknown[]>[];
        const columns = Object.entries(block).reverse();
        p[name] = Array.from({ length: columns[0][1].length }, (_, i) =>
          Object.fromEntries(columns.map(([column, list]) => [column, [list[i]]])),
        );
      }
    });
    writeFileSync(inFolder('a.json'), cut);
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
  });

  it('takes more rows than a block holds', () => {
    const functions = [ROOT, ...Array.from({ length: 9000 }, (_, i) => makeFunction(i + 1, { calls: i }))];
    const edges = functions.slice(1).map(({ id }) => makeEdge(0, id, { calls: id }));
    const profile = makeProfile({ functions, edges });
    save(profile, inFolder('a.json.gz'));
    expect(load(inFolder('a.json.gz'))).to.deep.equal(profile);
  });

  it('takes figures of folded threads', () => {
    const [root, a, b] = sample.functions;
    const profile = { ...sample, functions: [root, functionOf(1, a.key, a, [makePart({ thread: -1, calls: 3 })]), b] };
    save(profile, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(profile);
  });

  it('refuses a file that claims more than a text can hold', () => {
    const sparse = inFolder('huge.json');
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 31);
    expect(refusal(() => load(sparse))).to.match(/expected a file of at most \d+ bytes, got 2147483648$/);
    // A megabyte of blanks is a kilobyte of gzip data; 600 of them in a row are a file within that limit.
    const blanks = gzipSync(Buffer.alloc(1 << 20, ' '));
    expect(refusalOf(Buffer.concat(Array.from({ length: 600 }, () => blanks)))).to.match(
      /^expected gzip data, got something else/,
    );
  });
});
