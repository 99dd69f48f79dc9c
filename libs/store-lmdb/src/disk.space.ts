import { statfsSync } from 'node:fs';

/** More than can be waiting to be written, so that what was taken always fits. */
const LEAST_FREE_BYTES = 128_000_000;
const LOOK_EVERY_MS = 100;

/** How much room is left where the data is. */
export class DiskSpace {
  private looked = -Infinity;

  constructor(
    private readonly folder: string,
    private readonly least_free_bytes = LEAST_FREE_BYTES,
  ) {}

  /** What is to be said when the disk is all but full, to be put after "unable to X;". */
  get shortage(): string | undefined {
    const now = performance.now();
    if (now - this.looked < LOOK_EVERY_MS) return undefined;
    const { bavail, bsize } = statfsSync(this.folder);
    const free = bavail * bsize;
    if (free < this.least_free_bytes) {
      const [left, least] = [free, this.least_free_bytes].map((bytes) => Math.floor(bytes / 1_000_000));
      return `only ${left} MB are free there, ${least} MB have to be`;
    }
    this.looked = now;
    return undefined;
  }
}
