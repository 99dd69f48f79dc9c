import type { Socket } from 'node:net';

/** How long a peer that was sent everything may take to close, in ms. */
const CLOSE_GRACE_MS = 300;
/** How long a peer may receive nothing while data for it waits, in ms. */
const STALL_GRACE_MS = 1500;
/** How often sockets are checked, in ms. */
const CHECK_EVERY_MS = 50;

/** A socket that is waited for. */
interface Watched {
  /** How much waited for the peer at the last check. */
  level: number;
  /** When the peer last received data, in monotonic ms. */
  tookAt: number;
  grace_ms: number;
}

/** The TCP connections of an HTTP server, upgraded ones included. */
export class OpenSockets {
  private readonly sockets = new Set<Socket>();

  add(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /**
   * Waits until all have closed, cuts off the rest and returns their number. A peer has `within_ms` as long as it receives
   * its data, and less once it has stopped.
   */
  async close(within_ms: number): Promise<number> {
    const end = performance.now() + within_ms;
    const watched = new Map([...this.sockets].map((socket) => [socket, watch(socket)]));
    while (this.sockets.size > 0 && performance.now() < end) {
      for (const socket of this.sockets) {
        const last = watched.get(socket) ?? watch(socket);
        watched.set(socket, check(socket, last));
      }
      const isWaitedFor = (socket: Socket) => isPatient(watched.get(socket));
      if (![...this.sockets].some(isWaitedFor)) break;
      await this.nextCheck();
    }
    const cut = this.sockets.size;
    for (const socket of this.sockets) socket.destroy();
    return cut;
  }

  /** Resolves at the time of the next check, or as soon as all sockets are closed. */
  private nextCheck(): Promise<void> {
    return new Promise((resolve) => {
      const sockets = [...this.sockets];
      const check = () => {
        if (this.sockets.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.off('close', check);
        resolve();
      }, CHECK_EVERY_MS);
      for (const socket of sockets) socket.once('close', check);
    });
  }
}

/** The unsent data of a peer in bytes; it falls while the peer receives data, also within one large message. */
function levelOf(socket: Socket): number {
  const { _handle } = socket as { _handle?: { writeQueueSize?: number } | null };
  return socket.writableLength + (_handle?.writeQueueSize ?? 0);
}

function watch(socket: Socket): Watched {
  const level = levelOf(socket);
  return { level, tookAt: performance.now(), grace_ms: level > 0 ? STALL_GRACE_MS : CLOSE_GRACE_MS };
}

function check(socket: Socket, last: Watched): Watched {
  const level = levelOf(socket);
  if (level === last.level) return last;
  // The last of the data is still on its way to a slow peer when nothing waits here any more.
  return { level, tookAt: performance.now(), grace_ms: STALL_GRACE_MS };
}

function isPatient(watched: Watched | undefined): boolean {
  return watched !== undefined && performance.now() - watched.tookAt < watched.grace_ms;
}
