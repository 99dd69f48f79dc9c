import type { Socket } from 'node:net';

/** What is wrong with the way; read anew for every chunk. */
export interface Faults {
  /** How much later than it was sent a chunk arrives, in milliseconds. */
  delay_ms: number;
  /** How much gets through in each direction; unlimited when infinite. */
  bytes_per_second: number;
}

interface Held {
  due: number;
  size: number;
  release: () => void;
}

const MAX_HELD_BYTES = 64 * 1024;

/** One direction of a proxied connection: forwards in order, as late and as slowly as the faults say. */
export class FaultPipe {
  private readonly held: Held[] = [];
  private heldBytes = 0;
  private freeAt = 0;
  private lastDue = 0;
  private timer?: NodeJS.Timeout;
  private frozen = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly faults: Faults,
  ) {
    from.on('data', (chunk: Buffer) => this.hold(chunk.length, () => to.write(chunk)));
    from.on('end', () => this.hold(0, () => to.end()));
    to.on('drain', () => this.flow());
  }

  /** Forwards nothing more, not even that the sender has gone; what was on its way is lost. */
  freeze(): void {
    this.frozen = true;
    clearTimeout(this.timer);
    this.from.pause();
  }

  /** Forgets what was on its way; call it when the connection is gone. */
  dispose(): void {
    clearTimeout(this.timer);
    this.held.length = 0;
  }

  private hold(size: number, release: () => void): void {
    const now = performance.now();
    this.freeAt = Math.max(now, this.freeAt) + (size * 1000) / this.faults.bytes_per_second;
    this.lastDue = Math.max(this.lastDue, this.freeAt + this.faults.delay_ms);
    this.held.push({ due: this.lastDue, size, release });
    this.heldBytes += size;
    if (this.held.length === 1) this.releaseDue();
    this.flow();
  }

  private releaseDue(): void {
    if (this.frozen) return;
    for (let next = this.held[0]; next; next = this.held[0]) {
      const wait = next.due - performance.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.releaseDue(), Math.ceil(wait));
        return;
      }
      this.held.shift();
      this.heldBytes -= next.size;
      next.release();
    }
    this.flow();
  }

  /** Reads on only while the other side takes what it is given, so that a slow reader is felt by the sender. */
  private flow(): void {
    if (this.frozen) return;
    if (this.heldBytes > MAX_HELD_BYTES || this.to.writableNeedDrain) this.from.pause();
    else this.from.resume();
  }
}
