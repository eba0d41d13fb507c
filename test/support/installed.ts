// Projects in which everycall is installed as a user has it: unpacked from what `npm pack` makes, with the tools of this
// repository beside it. Packed once for all tests of a run.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Project } from '../register/programs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const installations = new Map<string, string>();

export interface InstalledOptions {
  /** A node_modules whose packages win over those of the repository, for other versions of the tools. */
  readonly overlay?: string;
}

/** A folder of these files with everycall and the tools in its node_modules. For several tests: whoever asks removes it. */
export function installedProject(files: Readonly<Record<string, string>>, { overlay }: InstalledOptions = {}): Project {
  const project = new Project(files);
  symlinkSync(nodeModules(overlay), project.path('node_modules'), 'dir');
  return project;
}

/** A project for each test that asks, gone after it. */
export function installedProjects(): typeof installedProject {
  const made: Project[] = [];
  afterEach(() => {
    for (const project of made.splice(0)) project.remove();
  });
  return (files, options) => {
    const project = installedProject(files, options);
    made.push(project);
    return project;
  };
}

/** The node_modules of an installation, made at the first call and gone with this process, or else with the run of all. */
function nodeModules(overlay = ''): string {
  let directory = installations.get(overlay);
  if (directory === undefined) {
    const folder = realpathSync(mkdtempSync(join(process.env['TEST_RUN_FOLDER'] ?? tmpdir(), 'everycall-installed-')));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    directory = join(folder, 'node_modules');
    mkdirSync(join(directory, '.bin'), { recursive: true });
    const sources = [...(overlay === '' ? [] : [overlay]), join(root, 'node_modules')];
    for (const source of sources) linkPackages(source, directory);
    unpackEverycall(folder, directory);
    installations.set(overlay, directory);
  }
  return directory;
}

/** Imports what its options name from where it lies itself, so it must lie beside everycall. */
const COPIED = new Set(['mocha']);

/** Links each package that is not there yet, those of scopes one by one. */
function linkPackages(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (name === '.bin') linkCommands(from, to);
    else if (name.startsWith('@')) {
      mkdirSync(join(to, name), { recursive: true });
      for (const inside of readdirSync(join(from, name))) link(join(from, name, inside), join(to, name, inside));
    } else if (COPIED.has(name)) {
      if (!existsSync(join(to, name))) cpSync(realpathSync(join(from, name)), join(to, name), { recursive: true });
    } else if (!name.startsWith('.') && name !== 'everycall') link(realpathSync(join(from, name)), join(to, name));
  }
}

/** Commands are links to files of their package, relative to where they lie. */
function linkCommands(from: string, to: string): void {
  const bin = join(realpathSync(from), '.bin');
  for (const name of readdirSync(bin)) {
    const target = resolve(bin, readlinkSync(join(bin, name)));
    link(join(to, relative(realpathSync(from), target)), join(to, '.bin', name));
  }
}

function link(target: string, path: string): void {
  if (!existsSync(path)) symlinkSync(target, path);
}

function unpackEverycall(folder: string, directory: string): void {
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  execFileSync('tar', ['-xzf', packed.trim().split('\n').pop()!, '-C', folder], { cwd: folder });
  execFileSync('mv', [join(folder, 'package'), join(directory, 'everycall')]);
  symlinkSync(join(directory, 'everycall', 'dist', 'src', 'cli', 'main.js'), join(directory, '.bin', 'everycall'));
}
