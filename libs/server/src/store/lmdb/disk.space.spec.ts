import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DiskSpace } from './disk.space.js';

describe('the space on a disk', () => {
  const { bavail, bsize } = statfsSync(tmpdir());

  it('is enough as long as some is left', () => {
    new DiskSpace(tmpdir(), 1).check();
  });

  it('is missed before there is none at all', () => {
    const space = new DiskSpace(tmpdir(), bavail * bsize * 2);
    expect(() => space.check()).toThrow(/only \d+ MB are free there, \d+ MB have to be/);
    expect(() => space.check()).toThrow('it goes on by itself');
  });
});
