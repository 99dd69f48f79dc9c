import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '../harness/until.js';

/** One end of a TCP connection of which every byte is seen. */
export class RawPeer {
  /** All bytes so far, one character each. */
  received = '';
  /** Whether the other end has ended its side. */
  ended = false;
  /** The code with which the connection failed, such as `ECONNRESET`. */
  failure: string | undefined;

  constructor(readonly socket: Socket) {
    socket.on('data', (data) => (this.received += data.toString('latin1')));
    socket.on('end', () => (this.ended = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.failure = error.code));
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<RawPeer> {
    const peer = new RawPeer(connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }));
    await once(peer.socket, 'connect');
    return peer;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Waits until all bytes so far are `text`. */
  async receives(text: string): Promise<void> {
    await until(JSON.stringify(text), () => this.received.length >= text.length);
    expect(this.received).toBe(text);
  }

  /** Waits until the head of a message is there, and returns it with what follows. */
  async head(): Promise<string> {
    await until('a head', () => this.received.includes('\r\n\r\n'));
    return this.received;
  }

  /** Waits until the connection is closed, and returns all bytes. */
  async closed(): Promise<string> {
    await until('the end of the connection', () => this.socket.closed || (this.ended && this.socket.end()));
    await until('the close of the connection', () => this.socket.closed);
    return this.received;
  }
}
