import type { ServerResponse } from 'node:http';
import { timerMs } from '../../timer/long.timer.js';
import { backlogOfSocket, type Backlog } from '../backlog.js';

/** A comment, which clients ignore. */
const HEARTBEAT = ': \n\n';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would collect events in its buffer.
  'X-Accel-Buffering': 'no',
};

/** An HTTP response as a stream of events. */
export class SseStream {
  private heartbeat: NodeJS.Timeout | undefined;
  private readonly closed: (() => void)[] = [];

  constructor(
    private readonly response: ServerResponse,
    private readonly heartbeat_ms: number,
  ) {
    response.once('close', () => {
      for (const closed of this.closed) closed();
    });
  }

  /** Whether events can still reach the client. */
  get open(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  get backlog(): Backlog {
    const { writableLength, socket } = this.response;
    return backlogOfSocket({ bufferedAmount: writableLength, _socket: socket });
  }

  /** Answers the request with the beginning of the stream. */
  start(): void {
    // A drain must not wait for this connection once the stream has ended.
    this.response.shouldKeepAlive = false;
    this.response.writeHead(200, HEADERS);
    this.response.flushHeaders();
    this.heartbeat = setInterval(() => this.send(HEARTBEAT), timerMs(this.heartbeat_ms));
    this.onClose(() => clearInterval(this.heartbeat));
  }

  /** Sends text or, where many streams get the same, bytes; returns its length as it was written. */
  send(text: string | Buffer): number {
    if (!this.open) return 0;
    this.response.write(text);
    this.heartbeat?.refresh();
    return text.length;
  }

  onClose(closed: () => void): void {
    this.closed.push(closed);
  }

  /** Ends the response after its unsent data. */
  end(): void {
    clearInterval(this.heartbeat);
    this.response.end();
  }

  terminate(): void {
    this.response.destroy();
  }
}
