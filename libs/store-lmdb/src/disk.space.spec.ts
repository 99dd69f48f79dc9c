import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DiskSpace } from './disk.space.js';

describe('the space on a disk', () => {
  const { bavail, bsize } = statfsSync(tmpdir());

  it('is enough as long as some is left', () => {
    expect(new DiskSpace(tmpdir(), 1).shortage).toBeUndefined();
  });

  it('is reported missing before the disk is full', () => {
    const space = new DiskSpace(tmpdir(), bavail * bsize * 2);
    for (let look = 0; look < 2; look += 1)
      expect(space.shortage).toMatch(/^only \d+ MB are free there, \d+ MB have to be$/);
  });
});
