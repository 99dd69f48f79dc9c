import type { Reply } from '@switchyard/contract';
import type { Socket } from 'socket.io-client';
import { HttpCalls } from '../../http/http.calls.js';
import type { HttpApi } from '../../http/http.api.js';
import { SocketioTransport, type SocketioTransportOptions } from '../../socketio/socketio.transport.js';

/** A service in Socket.IO's root namespace, which accepts no calls, so that they go over HTTP. */
export class RootTransport extends SocketioTransport {
  override readonly ordered = false;
  readonly #calls: HttpCalls;

  constructor(socket: Socket, service: string, options: SocketioTransportOptions & { http: Pick<HttpApi, 'call'> }) {
    super(socket, options);
    this.#calls = new HttpCalls(options.http, service);
    this.state$.subscribe({ complete: () => this.#calls.close() });
  }

  override call(name: string, payload: object): Promise<Reply> {
    return this.#calls.call(name, payload);
  }
}
