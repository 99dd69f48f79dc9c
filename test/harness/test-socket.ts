import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { Inbox } from './inbox.js';

/** A received event with its arguments. */
export interface ReceivedEvent {
  event: string;
  args: unknown[];
}

/** The options of a plain Socket.IO client. */
export type SocketClientOptions = Partial<ManagerOptions & SocketOptions>;

/** The refusal of a namespace by the server. */
export interface Refusal extends Error {
  data?: unknown;
}

/** A plain Socket.IO client that records what it receives; by default WebSocket only and without reconnection. */
export class TestSocket {
  readonly socket: Socket;
  private readonly inbox: Inbox<ReceivedEvent>;
  private readonly life: Inbox<ReceivedEvent>;

  constructor(url: string, namespace: string, options: SocketClientOptions = {}) {
    this.inbox = new Inbox(namespace);
    this.life = new Inbox(`the connection to ${namespace}`);
    this.socket = io(url + namespace, { transports: ['websocket'], reconnection: false, forceNew: true, ...options });
    this.socket.onAny((event: string, ...args: unknown[]) => this.inbox.put({ event, args }));
    for (const event of ['connect', 'connect_error', 'disconnect'] as const) {
      this.socket.on(event, (...args: unknown[]) => this.life.put({ event, args }));
    }
  }

  /** All events so far, in order of arrival. */
  get received(): readonly ReceivedEvent[] {
    return this.inbox.all;
  }

  /** The name of the current transport; a connection that stays on polling is a defect. */
  get transport(): string {
    return this.socket.io.engine.transport.name;
  }

  /** Resolves once connected. @throws the refusal */
  async connected(): Promise<this> {
    const { event, args } = await this.life.take(({ event }) => event !== 'disconnect', 'a connection');
    if (event === 'connect_error') throw args[0] as Refusal;
    return this;
  }

  /** Resolves to the connection error. */
  async refused(): Promise<Refusal> {
    return (await this.life.take(({ event }) => event === 'connect_error', 'a refusal')).args[0] as Refusal;
  }

  /** Resolves to the reason of the next disconnection. */
  async disconnected(): Promise<string> {
    return (await this.life.take(({ event }) => event === 'disconnect', 'a disconnection')).args[0] as string;
  }

  /** Calls the server; rejects without a reply within 40 seconds. */
  call<T = unknown>(name: string, ...args: unknown[]): Promise<T> {
    return this.socket.timeout(40_000).emitWithAck(name, ...args) as Promise<T>;
  }

  /** Resolves to the arguments of the next event of that name. */
  async next<T extends unknown[] = [payload: unknown, position: unknown]>(event: string): Promise<T> {
    return (await this.inbox.take((item) => item.event === event, event)).args as T;
  }

  /** Resolves to the next event that matches. */
  waitFor(wanted: (received: ReceivedEvent) => boolean, what?: string): Promise<ReceivedEvent> {
    return this.inbox.take(wanted, what);
  }

  /** Disconnects for good. */
  async close(): Promise<void> {
    this.socket.disconnect();
    await Promise.resolve();
  }
}
