import type { Socket } from 'node:net';

/** The faults of a connection, read again for every chunk. */
export interface Faults {
  /** The delay of each chunk, in milliseconds. */
  delay_ms: number;
  /** The bandwidth in each direction, in bytes per second; may be infinite. */
  bytes_per_second: number;
}

interface Held {
  due: number;
  size: number;
  release: () => void;
}

const MAX_HELD_BYTES = 64 * 1024;

/** Forwards one direction of a proxied connection in order, with the faults' delay and bandwidth. */
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

  /** Stops forwarding, even the end of the stream; queued chunks are lost. */
  freeze(): void {
    this.frozen = true;
    clearTimeout(this.timer);
    this.from.pause();
  }

  /** Drops queued chunks; call it when the connection is closed. */
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

  /** Reads only as fast as the other side does, so that the sender feels a slow reader. */
  private flow(): void {
    if (this.frozen) return;
    if (this.heldBytes > MAX_HELD_BYTES || this.to.writableNeedDrain) this.from.pause();
    else this.from.resume();
  }
}
