// save(): what is saved comes back, nothing is left half done.
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { load, save, writeWhole } from '../../src/files.ts';
import { anySavedProfile } from '../support/any-saved-profile.ts';
import { folder, inFolder, inFreshFolder, refusal, sample } from '../support/profile-files.ts';
import { makeProfile, withoutCpu } from '../support/profiles.ts';

describe('save() and load()', () => {
  inFreshFolder();

  it('give back what was saved, whatever it is', () => {
    fc.assert(
      fc.property(anySavedProfile, fc.constantFrom('p.json', 'p.json.gz'), (profile, name) => {
        save(profile, inFolder(name));
        // Copied by its JSON-free form: fast-check's records have no prototype.
        expect(load(inFolder(name))).to.deep.equal(structuredClone(profile));
      }),
      { numRuns: 150 },
    );
  });

  it('compress where the name ends in .gz, and read either under any name', () => {
    save(sample, inFolder('a.json'));
    save(sample, inFolder('b.JSON.GZ'));
    expect(JSON.parse(readFileSync(inFolder('a.json'), 'utf8'))).to.include({
      format: 'everycall.profile',
      formatVersion: 3,
    });
    expect(String(gunzipSync(readFileSync(inFolder('b.JSON.GZ'))))).to.equal(readFileSync(inFolder('a.json'), 'utf8'));
    writeFileSync(inFolder('c.json'), gzipSync(readFileSync(inFolder('a.json'))));
    expect(load(inFolder('c.json'))).to.deep.equal(sample);
  });

  it('keep CPU apart from zero where there was no clock', () => {
    save(withoutCpu(sample), inFolder('a.json'));
    expect(load(inFolder('a.json')).functions[1].selfCpuNs).to.equal(null);
  });

  it('give a profile nobody can change', () => {
    save(sample, inFolder('a.json'));
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(load(inFolder('a.json')))).to.equal(true);
  });
});

describe('save()', () => {
  inFreshFolder();

  it('replaces a file and leaves nothing beside it', () => {
    save(makeProfile(), inFolder('a.json'));
    save(sample, inFolder('a.json'));
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
    expect(readdirSync(folder)).to.deep.equal(['a.json']);
  });

  it('refuses a profile that could not be loaded, and keeps the file that was there', () => {
    save(sample, inFolder('a.json'));
    const broken = { ...sample, processes: [{ ...sample.processes[0], tickMs: NaN }] };
    expect(refusal(() => save(broken, inFolder('a.json')))).to.equal(
      `cannot save to ${inFolder('a.json')}: expected processes[0].tickMs to be a number from 0, got NaN`,
    );
    expect(load(inFolder('a.json'))).to.deep.equal(sample);
    expect(readdirSync(folder)).to.deep.equal(['a.json']);
  });

  it('says in one line that it cannot write', () => {
    expect(refusal(() => save(sample, inFolder('no/a.json')))).to.contain(
      `cannot write ${inFolder('no/a.json')}: ENOENT`,
    );
    expect(refusal(() => save(sample, folder))).to.contain('EISDIR');
  });
});

describe('writeWhole()', () => {
  inFreshFolder();

  it('removes the temporary file when the rename fails', () => {
    // A folder's name that is not there: the temporary file is written before that shows.
    expect(refusal(() => writeWhole(inFolder('new/'), 'text'))).to.contain(`cannot write ${inFolder('new/')}`);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('takes the longest names there are', () => {
    const name = `${'n'.repeat(250)}.json`;
    writeWhole(inFolder(name), 'text');
    expect(readdirSync(folder)).to.deep.equal([name]);
  });

  it('follows a link to the file it names', () => {
    writeFileSync(inFolder('real.txt'), 'old');
    symlinkSync('real.txt', inFolder('link.txt'));
    writeWhole(inFolder('link.txt'), 'new');
    expect(readFileSync(inFolder('real.txt'), 'utf8')).to.equal('new');
    expect(readdirSync(folder).sort()).to.deep.equal(['link.txt', 'real.txt']);
  });

  if (process.platform !== 'win32') {
    it('keeps the permissions of a file it replaces', () => {
      writeFileSync(inFolder('a.txt'), 'old');
      chmodSync(inFolder('a.txt'), 0o600);
      writeWhole(inFolder('a.txt'), 'new');
      expect(statSync(inFolder('a.txt')).mode & 0o777).to.equal(0o600);
    });
  }
});
