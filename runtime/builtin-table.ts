// Which built-in functions are recorded as functions of their own: those that keep their thread from going on until they
// are done. The one list of them; declarations only. Names that a version of Node does not have are passed over.

/** How a function's calls are told from those that are not the program's, or do not block. */
export type BuiltinRule =
  | 'always'
  /** With a function as its last argument it returns at once and does its work elsewhere: not recorded. */
  | 'unless-callback'
  /** Looks up and calls `exec` of the regular expression it works on: that call is not the program's. */
  | 'regexp'
  /** The `exec` in question. */
  | 'exec'
  /** No row of its own: must show the text of the function, not of what stands in for it. */
  | 'text';

/** Some functions of one object. */
export interface BuiltinGroup {
  /** What profiles give as the file: a module's name, or JAVASCRIPT for what is global. */
  readonly file: string;
  /** Names that lead from the module, or from `globalThis`, to the object; '' for itself. */
  readonly owner: string;
  readonly names: readonly (string | symbol)[];
  readonly rule: BuiltinRule;
}

/** File of the language's own functions and of Node's global ones. */
export const JAVASCRIPT = 'javascript';

const words = (text: string): string[] => text.split(' ');

export const BUILTINS: readonly BuiltinGroup[] = [
  {
    file: 'node:fs',
    owner: '',
    names: [
      ...words('accessSync appendFileSync chmodSync chownSync closeSync copyFileSync cpSync existsSync fchmodSync'),
      ...words('fchownSync fdatasyncSync fstatSync fsyncSync ftruncateSync futimesSync globSync lchmodSync lchownSync'),
      ...words(
        'linkSync lstatSync lutimesSync mkdirSync mkdtempDisposableSync mkdtempSync openAsBlobSync openSync opendirSync',
      ),
      ...words('readFileSync readSync readdirSync readlinkSync readvSync realpathSync renameSync rmSync rmdirSync'),
      ...words('statSync statfsSync symlinkSync truncateSync unlinkSync utimesSync writeFileSync writeSync writevSync'),
    ],
    rule: 'always',
  },
  { file: 'node:fs', owner: 'realpathSync', names: ['native'], rule: 'always' },
  { file: 'node:child_process', owner: '', names: words('execFileSync execSync spawnSync'), rule: 'always' },
  {
    file: 'node:zlib',
    owner: '',
    names: [
      ...words(
        'brotliCompressSync brotliDecompressSync crc32 createZipArchiveSync deflateRawSync deflateSync gunzipSync gzipSync',
      ),
      ...words('inflateRawSync inflateSync unzipSync zstdCompressSync zstdDecompressSync'),
    ],
    rule: 'always',
  },
  {
    file: 'node:crypto',
    owner: '',
    names: [
      ...words('argon2Sync checkPrimeSync decapsulateSync encapsulateSync generateKeyPairSync generateKeySync'),
      ...words('generatePrimeSync hash hkdfSync pbkdf2Sync privateDecrypt privateEncrypt publicDecrypt publicEncrypt'),
      ...words('randomFillSync scryptSync'),
    ],
    rule: 'always',
  },
  {
    file: 'node:crypto',
    owner: '',
    names: words('diffieHellman randomBytes randomInt sign verify'),
    rule: 'unless-callback',
  },
  // What createHash() and the like give does its work in these. Classes share some: the first one's name is shown.
  { file: 'node:crypto', owner: 'Hash.prototype', names: words('update digest'), rule: 'always' },
  { file: 'node:crypto', owner: 'Hmac.prototype', names: words('update digest'), rule: 'always' },
  { file: 'node:crypto', owner: 'Sign.prototype', names: words('update sign'), rule: 'always' },
  { file: 'node:crypto', owner: 'Verify.prototype', names: words('update verify'), rule: 'always' },
  { file: 'node:crypto', owner: 'Cipheriv.prototype', names: words('update final'), rule: 'always' },
  { file: 'node:crypto', owner: 'Decipheriv.prototype', names: words('update final'), rule: 'always' },
  { file: JAVASCRIPT, owner: '', names: ['structuredClone'], rule: 'always' },
  { file: JAVASCRIPT, owner: 'JSON', names: words('parse stringify'), rule: 'always' },
  { file: JAVASCRIPT, owner: 'Atomics', names: ['wait'], rule: 'always' },
  { file: JAVASCRIPT, owner: 'Array.prototype', names: words('sort toSorted'), rule: 'always' },
  { file: JAVASCRIPT, owner: 'RegExp.prototype', names: ['exec'], rule: 'exec' },
  {
    file: JAVASCRIPT,
    owner: 'RegExp.prototype',
    names: ['test', Symbol.match, Symbol.replace, Symbol.search, Symbol.split],
    rule: 'regexp',
  },
  { file: JAVASCRIPT, owner: 'Function.prototype', names: ['toString'], rule: 'text' },
];

/** What a row is called: the way to it from the module, or from `globalThis`. */
export function builtinName({ owner }: BuiltinGroup, name: string | symbol): string {
  if (typeof name === 'symbol') return `${owner}[${name.description}]`;
  return owner === '' ? name : `${owner}.${name}`;
}
