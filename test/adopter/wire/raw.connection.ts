import { connect, type Socket } from 'node:net';

/** The longest wait for bytes that should come at once, in ms; what has not come by then is recorded as missing. */
const PATIENCE_MS = 5_000;

/** A TCP connection whose bytes are looked at. */
export class RawConnection {
  private received = Buffer.alloc(0);
  private ended = false;
  private changed: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data]);
      this.changed();
    });
    const end = () => {
      this.ended = true;
      this.changed();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Connects to a port of this machine. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawConnection(socket);
  }

  send(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Waits until `take` finds something in the bytes so far; undefined when the connection ends or stays silent first. */
  async until<T>(take: (received: Buffer) => { value: T; size: number } | undefined): Promise<T | undefined> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const taken = take(this.received);
      if (taken) {
        this.received = this.received.subarray(taken.size);
        return taken.value;
      }
      if (this.ended || late.aborted) return undefined;
      await new Promise<void>((resolve) => {
        this.changed = resolve;
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<{ bytes: Buffer; ended: boolean }> {
    await this.until((received) => (this.ended ? { value: received, size: 0 } : undefined));
    const bytes = this.received;
    this.received = Buffer.alloc(0);
    return { bytes, ended: this.ended };
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Takes the head of an HTTP message, with its empty line. */
export function takeHead(received: Buffer): { value: string; size: number } | undefined {
  const end = received.indexOf('\r\n\r\n');
  return end < 0 ? undefined : { value: received.toString('latin1', 0, end), size: end + 4 };
}
