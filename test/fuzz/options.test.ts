// Every public function that takes options, a query or a setting is given everything there is.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseFilter } from '../../src/statistics/filter.ts';
import { createFileFilter } from '../../transform/selection.ts';
import { checkOptions as checkPluginOptions } from '../../transform/options.ts';
import { checkBundlerOptions } from '../../src/bundlers/options.ts';
import { render } from '../../src/exporters/formats.ts';
import { FORMAT_IDS, formatOfFile } from '../../src/exporters/format-names.ts';
import * as everycall from '../../src/index.ts';
import { checkMonitorOptions } from '../../src/monitor/options.ts';
import { checkSettings, parseSettings } from '../../src/register/settings.ts';
import { checkTestRunSettings, readTestRunSettings } from '../../src/runners/settings.ts';
import { anyProfile } from '../support/any-profile.ts';
import { anyOptions, anyValue, fuzz, gives, resolves } from './fuzz.ts';

/** Functions are called with what their types forbid. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
type Any = any;

/** `undefined` for what has no JSON. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const [profile, other] = fc.sample(anyProfile({ cpu: true }), { numRuns: 2, seed: 3 });
const START = ['precision', 'overhead', 'tickMs', 'threads', 'maxTags', 'builtins'];
const FILTER = ['thread', 'process', 'tag', 'name', 'file', 'package', 'kind', 'predicate'];
const REGISTER = ['include', 'exclude', 'root', 'strict', 'cache', 'progress'];
const TABLE = ['sort', 'limit', 'columns', 'clock', 'perThread', 'perProcess', 'width', 'color', 'cwd'];

describe('options by chance', () => {
  after(() => everycall.stop());

  fuzz('start() takes or refuses them', anyOptions(START), 60, (options) => {
    gives(() => everycall.start(options as Any));
    everycall.stop();
  });
  fuzz('profiled() takes or refuses them', anyOptions(START), 300, (options) => {
    gives(() => everycall.profiled(() => 1, options as Any));
  });
  fuzz('run() takes or refuses them', anyOptions(START), 20, async (options) => {
    await resolves(() => everycall.run(() => 1, options as Any));
    expect(everycall.isRunning()).to.equal(false);
  });
  fuzz(
    'monitor options are taken or refused',
    fc.oneof(
      anyOptions(['http']),
      anyOptions(['port', 'host', 'allowRemote', 'token', 'hosts']).map((http) => ({ http })),
    ),
    200,
    (options) => {
      gives(() => checkMonitorOptions('start()', options as Any));
    },
  );
  fuzz('snapshot() takes or refuses them', anyOptions(['thread', 'tag']), 60, (options) => {
    gives(() => everycall.snapshot(options as Any));
  });
  fuzz('clear() takes or refuses them', anyOptions(['tag']), 200, (options) => {
    gives(() => everycall.clear(options as Any));
  });
  fuzz('withTag() takes or refuses what it gets', fc.tuple(anyValue, anyValue), 200, ([tag, work]) => {
    gives(() => everycall.withTag(tag as Any, () => 1));
    if (typeof work !== 'function') gives(() => everycall.withTag('tag', work as Any));
  });
  fuzz('matches() and isInstrumented() take or refuse it', anyValue, 200, (value) => {
    gives(() => everycall.isInstrumented(value));
    gives(() => everycall.matches({ key: 'x' }, value));
  });

  fuzz('select() takes or refuses the filter', anyOptions(FILTER), 500, (filter) => {
    // A class is a function, and what it throws when it is called is the caller's, as of any predicate.
    const { predicate } = (filter ?? {}) as { predicate?: unknown };
    if (typeof predicate === 'function' && /^class\b/.test(Function.prototype.toString.call(predicate))) return;
    gives(() => everycall.select(profile, filter as Any));
    gives(() => parseFilter(profile, filter as Any));
  });
  fuzz('groupBy(), percentileNs() and parseSort() take or refuse it', anyValue, 200, (value) => {
    gives(() => everycall.groupBy(profile, value as Any));
    gives(() => everycall.percentileNs(profile.functions[0], value as Any));
    gives(() => everycall.parseSort(value as Any));
  });
  fuzz(
    'findFunction(), callsOf() and figuresOf() take or refuse it',
    fc.oneof(anyValue, anyOptions(['function', 'file'])),
    300,
    (what) => {
      gives(() => everycall.findFunction(profile, what as Any));
      gives(() => everycall.findFunctions(profile, what as Any));
      gives(() => everycall.callsOf(profile, what as Any));
      gives(() => everycall.figuresOf(profile, what as Any));
    },
  );
  fuzz(
    'diff() takes or refuses them',
    anyOptions(['factor', 'minNs', 'minRelative', 'per', 'same']),
    100,
    (options) => {
      gives(() => everycall.diff(profile, other, options as Any));
    },
  );

  for (const format of FORMAT_IDS) {
    fuzz(
      `render() as ${format} takes or refuses its options`,
      anyOptions(TABLE),
      format === 'html' ? 10 : 100,
      (options) => {
        gives(() => render(profile, format, options as Any));
      },
    );
  }
  fuzz('render() refuses other formats', anyValue, 50, (format) => {
    gives(() => render(profile, format as Any));
    gives(() => formatOfFile(String(typeof format === 'string' ? format : '')));
  });
  fuzz('print() takes or refuses them', anyOptions(TABLE), 100, (options) => {
    gives(() => everycall.print(profile, options as Any, () => undefined));
  });

  fuzz('settings of the register hook are taken or refused', anyOptions(REGISTER), 500, (settings) => {
    gives(() => checkSettings('register()', settings));
    const json = asJson(settings);
    if (json !== undefined) gives(() => parseSettings(json));
  });
  fuzz('EVERYCALL_REGISTER and EVERYCALL_TESTS are taken or refused', fc.string({ unit: 'binary' }), 200, (text) => {
    gives(() => parseSettings(text));
    gives(() => readTestRunSettings(tmpdir(), { EVERYCALL_TESTS: text }));
  });
  fuzz(
    'settings of test runs are taken or refused',
    anyOptions([...REGISTER.slice(0, 2), ...START, 'testFiles', 'output', 'format', 'limit', 'summary']),
    500,
    (settings) => {
      gives(() => checkTestRunSettings('package.json', settings));
    },
  );
  fuzz(
    'options of bundler plugins are taken or refused',
    anyOptions(['include', 'exclude', 'root', 'bundleRuntime', 'enforce', 'client']),
    500,
    (options) => {
      gives(() => checkBundlerOptions(options));
    },
  );
  fuzz(
    'options of the Babel plugin are taken or refused',
    anyOptions(['include', 'exclude', 'root', 'runtime', 'moduleKind', 'treeShaking']),
    500,
    (options) => {
      if (typeof options === 'object' && options !== null) gives(() => checkPluginOptions(options)); // Babel sees to the rest
    },
  );
  fuzz('globs that are taken can be matched', fc.array(fc.string(), { minLength: 1 }), 300, (globs) => {
    const options = { include: globs, exclude: [] };
    if (gives(() => (checkSettings('register()', options), true)) === true) {
      gives(() => createFileFilter(options)('/app/node_modules/x/index.js'));
    }
  });

  describe('of files', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-fuzz-'))));
    after(() => rmSync(folder, { recursive: true, force: true }));

    fuzz('load() and save() take or refuse the path', anyValue, 100, (path) => {
      gives(() => everycall.load(path as Any));
      if (typeof path === 'string' && !/[\0/]/.test(path)) path = join(folder, path);
      if (typeof path !== 'number') gives(() => everycall.save(profile, path as Any));
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
    });
    fuzz('save() takes or refuses the profile', anyOptions(Object.keys(profile)), 100, (value) => {
      gives(() => everycall.save(value as Any, join(folder, 'saved.json')));
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
    });
  });
});
