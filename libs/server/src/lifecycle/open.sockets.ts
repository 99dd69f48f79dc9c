import type { Socket } from 'node:net';

/** How long a peer that was sent everything may take to close, in ms. */
const CLOSE_GRACE_MS = 300;
/** The same for a peer that data waits for: how long it may take none of it. */
const STALL_GRACE_MS = 1500;
/** How often that is looked at, in ms. */
const LOOK_EVERY_MS = 50;

/** What is known of a socket while it is waited for. */
interface Watched {
  level: number;
  /** When it last took something, in monotonic ms. */
  tookAt: number;
  grace_ms: number;
}

/** The TCP connections of an HTTP server, upgraded ones included. */
export class OpenSockets {
  private readonly sockets = new Set<Socket>();

  /** How many there are. */
  get size(): number {
    return this.sockets.size;
  }

  add(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /**
   * Waits for all to close, each for as long as its peer goes on taking what waits for it and `within_ms` at the most, and
   * then cuts off those that did not; how many is returned.
   */
  async close(within_ms: number): Promise<number> {
    const end = performance.now() + within_ms;
    const watched = new Map([...this.sockets].map((socket) => [socket, watch(socket)]));
    while (this.sockets.size > 0 && performance.now() < end) {
      for (const socket of this.sockets) {
        const last = watched.get(socket) ?? watch(socket);
        watched.set(socket, look(socket, last));
      }
      const isWaitedFor = (socket: Socket) => isPatient(watched.get(socket));
      if (![...this.sockets].some(isWaitedFor)) break;
      await this.nextLook();
    }
    const cut = this.sockets.size;
    for (const socket of this.sockets) socket.destroy();
    return cut;
  }

  /** Resolves at the next look, or as soon as all are closed. */
  private nextLook(): Promise<void> {
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
      }, LOOK_EVERY_MS);
      for (const socket of sockets) socket.once('close', check);
    });
  }
}

/** What waits for a peer; falls as the peer takes it, also of one large message. */
function levelOf(socket: Socket): number {
  const { _handle } = socket as { _handle?: { writeQueueSize?: number } | null };
  return socket.writableLength + (_handle?.writeQueueSize ?? 0);
}

function watch(socket: Socket): Watched {
  const level = levelOf(socket);
  return { level, tookAt: performance.now(), grace_ms: level > 0 ? STALL_GRACE_MS : CLOSE_GRACE_MS };
}

function look(socket: Socket, last: Watched): Watched {
  const level = levelOf(socket);
  if (level === last.level) return last;
  // What a slow peer took last is still on its way when nothing waits here any more.
  return { level, tookAt: performance.now(), grace_ms: STALL_GRACE_MS };
}

function isPatient(watched: Watched | undefined): boolean {
  return watched !== undefined && performance.now() - watched.tookAt < watched.grace_ms;
}
