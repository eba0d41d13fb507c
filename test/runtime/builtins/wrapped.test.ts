// What a program can find out about built-in functions that are recorded, against what it could before.
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs, { existsSync } from 'node:fs';
import * as namespace from 'node:fs';
import zlib from 'node:zlib';
import { expect } from 'chai';
import { BUILTINS } from '../../../runtime/builtin-table.ts';
import { bound, callsOf, edgesOf, functionOf, stopSubjects, subject } from '../../support/builtin-subject.ts';
import { realRuntime, startProgram } from '../../support/worker-programs.ts';

interface Survey {
  readonly titles: string[];
  readonly notWrapped: string[];
  readonly during: string[];
  readonly after: string[];
  readonly notRestored: string[];
}

describe('wrapped built-in functions', () => {
  stopSubjects();

  let survey: Survey;
  before(async () => {
    survey = await startProgram<Survey>('builtinSurvey', { arena: realRuntime().arena }).result;
  });

  it('are all that are in the table', () => {
    expect(survey.titles.length).to.be.above(80);
    expect(survey.notWrapped).to.deep.equal([]);
  });

  it('keep name, length, text, properties, prototype, place, `new`, `this`, results and errors', () => {
    expect(survey.during).to.deep.equal([]);
  });

  it('are the very same functions after a stop', () => {
    expect(survey.notRestored).to.deep.equal([]);
    expect(survey.after).to.deep.equal([]);
  });

  it('are all of fs, child_process, zlib and crypto whose names end in Sync', () => {
    for (const [file, module] of Object.entries({ fs, child_process: childProcess, zlib, crypto })) {
      const known = new Set(BUILTINS.filter((group) => group.file === `node:${file}`).flatMap(({ names }) => names));
      const missing = Object.keys(module).filter((name) => name.endsWith('Sync') && !known.has(name));
      expect(missing, file).to.deep.equal([]);
    }
  });

  it('keep what the program puts on them', () => {
    const { start, runtime } = bound(subject());
    start();
    (JSON.parse as unknown as { mark: number }).mark = 7;
    runtime.stop();
    expect(JSON.parse).to.have.property('mark', 7);
    delete (JSON.parse as unknown as { mark?: number }).mark;
  });

  it('are what named imports and namespaces give, too', () => {
    const original = existsSync;
    const { start, runtime, profile } = bound(subject());
    start();
    const found = existsSync('/');
    const [byName, byNamespace] = [existsSync, namespace.existsSync];
    const { existsSync: byModule } = fs;
    runtime.stop();
    expect(found).to.equal(true);
    expect(byName).to.equal(byModule).and.to.equal(byNamespace).and.to.not.equal(original);
    expect(existsSync).to.equal(original);
    expect(callsOf(profile())).to.deep.equal({ existsSync: 1 });
  });

  it('work, every kind of them', () => {
    const s = subject();
    s.start();
    const folder = fs.mkdtempSync('/tmp/everycall-');
    fs.writeFileSync(`${folder}/a`, 'text');
    const text = fs.readFileSync(`${folder}/a`, 'utf8');
    const real = fs.realpathSync.native(folder);
    fs.rmSync(folder, { recursive: true });
    const packed = zlib.gunzipSync(zlib.gzipSync('packed')).toString();
    const derived = crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha256').toString('hex');
    const bytes = crypto.randomBytes(8).length;
    const digest = crypto.createHash('sha256').update('a').digest('hex');
    const mac = crypto.createHmac('sha256', 'key').update('a').digest('hex');
    const echoed = childProcess.execFileSync('echo', ['hello']).toString();
    const clone = structuredClone({ a: [1] });
    const json = JSON.stringify(JSON.parse('{"a":1}'));
    const sorted = [3, 1, 2].toSorted((a, b) => a - b);
    s.runtime.stop();
    expect({ text, packed, bytes, echoed, clone, json, sorted }).to.deep.equal({
      text: 'text',
      packed: 'packed',
      bytes: 8,
      echoed: 'hello\n',
      clone: { a: [1] },
      json: '{"a":1}',
      sorted: [1, 2, 3],
    });
    expect(real).to.equal(folder);
    expect(derived).to.equal(crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha256').toString('hex'));
    expect(digest).to.equal(crypto.createHash('sha256').update('a').digest('hex'));
    expect(mac).to.equal(crypto.createHmac('sha256', 'key').update('a').digest('hex'));
    const called = edgesOf(s.profile());
    for (const name of [
      ...['mkdtempSync', 'writeFileSync', 'readFileSync', 'realpathSync.native', 'rmSync', 'gzipSync', 'gunzipSync'],
      ...['pbkdf2Sync', 'randomBytes', 'Hash.prototype.digest', 'Hmac.prototype.digest', 'execFileSync'],
      ...['structuredClone', 'JSON.parse', 'JSON.stringify', 'Array.prototype.toSorted'],
    ]) {
      expect(called, name).to.have.property(`(event loop) → ${name}`, 1);
    }
    expect(called).to.have.property('(event loop) → Hash.prototype.update', 2); // that of Hmac is the same function
  });

  it('say which module they are from, have no line, and count as of this version of Node', () => {
    const s = subject();
    s.start();
    existsSync('/');
    JSON.parse('1');
    s.runtime.stop();
    const profile = s.profile();
    const identity = (name: string) => {
      const { file, line, column, kind, key } = functionOf(profile, name)!;
      return { file, line, column, kind, key };
    };
    expect(identity('existsSync')).to.deep.equal({
      ...{ file: 'node:fs', line: 0, column: 0, kind: 'builtin' },
      key: 'node:fs:0:0:existsSync',
    });
    expect(identity('JSON.parse')).to.deep.include({ file: 'javascript', kind: 'builtin' });
    expect(profile.sources).to.deep.include({ file: 'node:fs', hash: process.version });
  });
});
