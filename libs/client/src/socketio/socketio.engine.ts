import type { HandshakeAuth } from '@switchyard/contract';
import { Manager, type ManagerOptions, type Socket } from 'socket.io-client';
import { longestWait } from '../backoff/backoff.js';
import { TimerSet } from '../timer/timer.set.js';
import type { WirePage } from '../transport/wire.js';
import { VERSION } from '../version/version.js';

/** The longest time limit of an attempt after others timed out, as a multiple of the first one. */
const MAX_TIMEOUT_FACTOR = 8;

/** After how many attempts with a WebSocket alone the second transport is tried too. */
const ATTEMPTS_BEFORE_ALL = 3;

const engines = new WeakMap<WirePage, SocketioEngine>();

/** Gives the engine connection that the Socket.IO wires of a page share. */
export function engineOf(page: WirePage): SocketioEngine {
  const engine = engines.get(page) ?? new SocketioEngine(page);
  engines.set(page, engine);
  return engine;
}

/** How a page uses a namespace. */
interface NamespaceUse {
  /** The token that it was last authenticated with. */
  token?: string;
  /** Whether it is only compared with the wire in use, and whether it was last entered as that. */
  isShadow?: boolean;
  wasShadow?: boolean;
  /** When it was left, by `performance.now()`. */
  leftAt?: number;
  /** Cancels what is still to be done with it. */
  cancel?: () => void;
}

/** The engine connection that all namespaces of a page share; it opens with the first of them. */
export class SocketioEngine {
  #manager?: Manager;
  readonly #timers = new TimerSet();
  readonly #uses = new WeakMap<Socket, NamespaceUse>();
  /** The namespaces whose rooms nothing else serves while the connection is lost. */
  readonly #needed = new Set<Socket>();

  constructor(
    private readonly page: Pick<
      WirePage,
      'url' | 'clientId' | 'tokens' | 'backoff' | 'connectTimeoutMs' | 'socketioPath'
    >,
  ) {}

  /** The socket of a namespace, not connected yet. */
  socket(namespace: string, isShadow = false): Socket {
    const { clientId, tokens } = this.page;
    const manager = (this.#manager ??= this.#make());
    const auth = (send: (auth: object) => void) => {
      use.wasShadow = use.isShadow;
      const base: HandshakeAuth = { client_id: clientId, sdk: VERSION, shadow: use.isShadow || undefined };
      // When the token source fails, no token is sent; the server's refusal is then retried with a new token.
      tokens.token().then(
        (token) => {
          this.rememberToken(socket, token);
          send({ ...base, ...(token !== undefined && { token }) });
        },
        () => send(base),
      );
    };
    // The manager has one socket for a namespace, so it may be another use of an earlier one.
    const socket: Socket = manager.socket(namespace, { auth });
    const use = this.#useOf(socket);
    use.isShadow = isShadow;
    return socket;
  }

  /** The token that a namespace was last authenticated with. */
  tokenOf(socket: Socket): string | undefined {
    return this.#useOf(socket).token;
  }

  /** Remembers the token that a namespace is authenticated with. */
  rememberToken(socket: Socket, token: string | undefined): void {
    this.#useOf(socket).token = token;
  }

  /**
   * Connects a namespace; one that was just left connects a little later, because a server that has not yet seen the
   * leave would close the whole connection.
   */
  enter(socket: Socket): void {
    const use = this.#useOf(socket);
    const isConnecting = this.#isConnecting(socket);
    use.cancel?.();
    this.ease(socket, false);
    if (isConnecting) {
      // The server keeps what the first use said, and tells no shadow to move.
      if (use.wasShadow !== use.isShadow)
        this.#onceConnected(socket, () => {
          this.leave(socket);
          this.enter(socket);
        });
      return;
    }
    const waitMs = (use.leftAt ?? -Infinity) + this.page.backoff.minMs - performance.now();
    if (waitMs <= 0) socket.connect();
    else use.cancel = this.#timers.after(waitMs, () => socket.connect());
  }

  /** Notes whether something else serves the rooms of a namespace; attempts are rarer while that is so for all of them. */
  ease(socket: Socket, isServed: boolean): void {
    if (isServed) this.#needed.delete(socket);
    else this.#needed.add(socket);
    this.#manager?.reconnectionDelayMax(longestWait(this.page.backoff, this.#needed.size === 0));
  }

  /** Leaves one namespace; while it is connecting, it leaves once the server has answered. */
  leave(socket: Socket): void {
    const use = this.#useOf(socket);
    use.cancel?.();
    this.ease(socket, true);
    if (this.#isConnecting(socket)) {
      this.#onceConnected(socket, () => this.leave(socket));
      return;
    }
    if (socket.connected) use.leftAt = performance.now();
    socket.disconnect();
  }

  close(): void {
    this.#timers.close();
    this.#manager?._close();
    this.#manager?.removeAllListeners();
  }

  #isConnecting(socket: Socket): boolean {
    return socket.active && !socket.connected && this.#manager?._readyState === 'open';
  }

  #onceConnected(socket: Socket, action: () => void): void {
    socket.once('connect', action);
    this.#useOf(socket).cancel = () => socket.off('connect', action);
  }

  #useOf(socket: Socket): NamespaceUse {
    const use = this.#uses.get(socket) ?? {};
    this.#uses.set(socket, use);
    return use;
  }

  #make(): Manager {
    const { url, backoff, connectTimeoutMs, socketioPath } = this.page;
    const options: Partial<ManagerOptions> = {
      autoConnect: false,
      path: socketioPath(),
      transports: ['websocket', 'polling'],
      // Without this option the second transport is never tried.
      tryAllTransports: true,
      reconnectionDelay: backoff.minMs,
      reconnectionDelayMax: backoff.maxMs,
      timeout: connectTimeoutMs,
    };
    const manager = new Manager(url, options);
    let hadWebSocket = false;
    // Where a WebSocket has worked, its refusal means a server that is away, which would refuse the second transport too.
    manager.on('reconnect_attempt', (attempt) => {
      manager.opts.path = socketioPath();
      manager.opts.tryAllTransports = !hadWebSocket || attempt % ATTEMPTS_BEFORE_ALL === 0;
    });
    let timeoutMs = connectTimeoutMs;
    manager.on('error', ({ message }) => {
      if (message !== 'timeout') return;
      // After a restart all clients return at once, and clients that time out and try again make a slow server slower.
      timeoutMs = Math.min(2 * timeoutMs, MAX_TIMEOUT_FACTOR * connectTimeoutMs);
      manager.timeout(timeoutMs);
    });
    manager.on('open', () => {
      hadWebSocket = manager.engine.transport.name === 'websocket';
      manager.timeout((timeoutMs = connectTimeoutMs));
    });
    return manager;
  }
}
