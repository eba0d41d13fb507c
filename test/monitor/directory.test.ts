// The directory of sockets: only one that this user alone can look into is ever used.
import { chmodSync, mkdirSync, symlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { directories, socketPath, socketsOfUser } from '../../src/monitor/directory.ts';
import { EverycallError } from '../../src/errors.ts';
import { projects } from '../register/programs.ts';

describe('the directory of sockets', function () {
  const project = projects();
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('is made for this user only, whatever the umask', () => {
    const place = project({}).path('new');
    const before = process.umask(0o277);
    try {
      expect(socketPath(4711, 36 ** 3, [place])).to.equal(join(place, '4711-1000.sock'));
    } finally {
      process.umask(before);
    }
    expect(statSync(place).mode & 0o777).to.equal(0o700);
  });

  it('is refused where others could look into it or it is another one than it seems', () => {
    const root = project({ file: '' });
    mkdirSync(root.path('open'), { mode: 0o755 });
    chmodSync(root.path('open'), 0o755);
    mkdirSync(root.path('own'), { mode: 0o700 });
    symlinkSync(root.path('own'), root.path('link'));
    writeFileSync(join(root.path('open'), '1-1.sock'), '');
    const refused = (name: string) => {
      try {
        socketPath(1, 1, [root.path(name)]);
      } catch (error) {
        expect(error).to.be.instanceOf(EverycallError);
        return (error as Error).message.replace(root.path(name), 'PLACE').split('; ')[1];
      }
      return 'taken';
    };
    expect(['open', 'link', 'file', 'none/none', 'own'].map(refused)).to.deep.equal([
      'PLACE: expected mode 700, got 755',
      'PLACE: expected a directory, got a link',
      'PLACE: expected a directory, got something else',
      'PLACE: expected a directory, got none',
      'taken',
    ]);
    expect(refused('x'.repeat(120))).to.contain('expected a shorter path');
    expect(
      socketPath(
        1,
        1,
        ['open', 'link', 'own'].map((name) => root.path(name)),
      ),
    ).to.contain('/own/');
    expect(socketsOfUser([root.path('open')]), 'nor looked at').to.deep.equal([]);
  });

  it('may be told, and is else looked for in several places', () => {
    expect(directories({ EVERYCALL_MONITOR_DIR: '/x', XDG_RUNTIME_DIR: '/y' })).to.deep.equal(['/x']);
    expect(directories({ XDG_RUNTIME_DIR: '/y' })[0]).to.equal('/y/everycall');
    expect(directories({ XDG_RUNTIME_DIR: 'relative' }).join()).to.not.contain('relative');
    expect(directories({}).some((place) => place.endsWith(`/everycall-${process.getuid!()}`))).to.equal(true);
  });

  it('lists sockets by their names, the newest process first', () => {
    const root = project({});
    mkdirSync(root.path('d'), { mode: 0o700 });
    for (const name of ['1-10.sock', '2-20.sock', 'other', '3-30.sock.bak', 'x-1.sock'])
      writeFileSync(join(root.path('d'), name), '');
    expect(socketsOfUser([root.path('d')]).map(({ pid, startedAtMs }) => [pid, startedAtMs])).to.deep.equal([
      [2, 72],
      [1, 36],
    ]);
  });
});
