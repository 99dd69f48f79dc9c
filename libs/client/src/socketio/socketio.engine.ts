import type { HandshakeAuth } from '@switchyard/contract';
import { Manager, type Socket } from 'socket.io-client';
import { TimerSet } from '../timer/timer.set.js';
import type { WirePage } from '../transport/wire.js';
import { VERSION } from '../version/version.js';

/** How much longer than the first attempt one may take, after those before it took too long. */
const MAX_PATIENCE = 8;

const engines = new WeakMap<WirePage, SocketioEngine>();

/** The engine connection of a page, which its Socket.IO wires share. */
export function engineOf(page: WirePage): SocketioEngine {
  const engine = engines.get(page) ?? new SocketioEngine(page);
  engines.set(page, engine);
  return engine;
}

/** The one engine connection that all namespaces of a page share; opened with the first of them. */
export class SocketioEngine {
  private manager?: Manager;
  private readonly timers = new TimerSet();
  /** The token each namespace was last shown. */
  private readonly shown = new WeakMap<Socket, string>();
  /** When namespaces were left. */
  private readonly left = new WeakMap<Socket, number>();
  /** What is yet to be done with a socket, to be called off. */
  private readonly pending = new Map<Socket, () => void>();

  constructor(private readonly page: Pick<WirePage, 'url' | 'clientId' | 'tokens' | 'backoff' | 'timeouts'>) {}

  /** The socket of a namespace, not connected yet. */
  socket(namespace: string): Socket {
    const { clientId, tokens } = this.page;
    const manager = (this.manager ??= this.make());
    const auth = (send: (auth: object) => void) => {
      const base: HandshakeAuth = { client_id: clientId, sdk: VERSION };
      // A provider that fails sends none: the server's refusal is then retried, with the provider asked again.
      tokens.token().then(
        (token) => {
          this.show(socket, token);
          send({ ...base, ...(token !== undefined && { token }) });
        },
        () => send(base),
      );
    };
    const socket: Socket = manager.socket(namespace, { auth });
    return socket;
  }

  /** The token that a namespace was last shown. */
  tokenOf(socket: Socket): string | undefined {
    return this.shown.get(socket);
  }

  /** Remembers the token that a namespace is shown. */
  show(socket: Socket, token: string | undefined): void {
    if (token === undefined) this.shown.delete(socket);
    else this.shown.set(socket, token);
  }

  /**
   * Connects a namespace; one that was left just now a little later: the server ends the whole connection when it is
   * asked for a namespace and has not yet seen that it was left.
   */
  enter(socket: Socket): void {
    const isOnItsWay = this.isOnItsWay(socket);
    this.callOff(socket);
    if (isOnItsWay) return;
    const wait = (this.left.get(socket) ?? -Infinity) + this.page.backoff.minMs - performance.now();
    if (wait <= 0) socket.connect();
    else {
      const cancel = this.timers.after(wait, () => socket.connect());
      this.pending.set(socket, cancel);
    }
  }

  /** Leaves a namespace, and no other; one that was asked for, once the server has answered. */
  leave(socket: Socket): void {
    this.callOff(socket);
    if (this.isOnItsWay(socket)) {
      const finish = () => this.leave(socket);
      socket.once('connect', finish);
      this.pending.set(socket, () => socket.off('connect', finish));
      return;
    }
    if (socket.connected) this.left.set(socket, performance.now());
    socket.disconnect();
  }

  close(): void {
    this.timers.close();
    this.manager?._close();
    this.manager?.removeAllListeners();
  }

  private isOnItsWay(socket: Socket): boolean {
    return socket.active && !socket.connected && this.manager?._readyState === 'open';
  }

  private callOff(socket: Socket): void {
    this.pending.get(socket)?.();
    this.pending.delete(socket);
  }

  private make(): Manager {
    const { url, backoff, timeouts } = this.page;
    const connectTimeoutMs = timeouts?.connectMs ?? 5000;
    const manager = new Manager(url, {
      autoConnect: false,
      transports: ['websocket', 'polling'],
      // Without it the second transport is never tried.
      tryAllTransports: true,
      reconnectionDelay: backoff.minMs,
      reconnectionDelayMax: backoff.maxMs,
      randomizationFactor: 0.5,
      timeout: connectTimeoutMs,
    });
    let patience = connectTimeoutMs;
    manager.on('error', ({ message }) => {
      if (message !== 'timeout') return;
      // All come back at once after a restart: who gives up on a slow server, and asks again, makes it slower for all.
      patience = Math.min(2 * patience, MAX_PATIENCE * connectTimeoutMs);
      manager.timeout(patience);
    });
    manager.on('open', () => manager.timeout((patience = connectTimeoutMs)));
    return manager;
  }
}
