import { statfsSync } from 'node:fs';

/** More than may wait to be written, so that accepted writes always fit. */
const LEAST_FREE_BYTES = 128_000_000;
const LOOK_EVERY_MS = 100;

/** The free space where the data is. */
export class DiskSpace {
  private looked = -Infinity;

  constructor(
    private readonly folder: string,
    private readonly least_free_bytes = LEAST_FREE_BYTES,
  ) {}

  /** The shortage of space, worded to follow "unable to X;"; undefined when there is enough. */
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
