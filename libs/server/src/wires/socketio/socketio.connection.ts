import { Fault, type HandshakeAuth } from '@switchyard/contract';
import type { DefaultEventsMap, ExtendedError, Namespace, Socket } from 'socket.io';
import type { OpenConnections } from '../../limits/open.connections.js';
import type { Authenticate } from '../../realtime.options.js';
import { identify, type Caller } from '../../service/caller.js';
import type { EngineConnection } from './engine.connection.js';

/** What is kept with each socket. */
interface ConnectionData {
  caller: Caller;
  /** Whether our client is at the other end, which takes snapshots from the reply. */
  sdk: boolean;
  /** Whether events carry their position as second argument. */
  positions: boolean;
  /** Keys of the rooms it is in. */
  rooms: Set<string>;
}

export type Connection = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;
export type ServiceNamespace = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, ConnectionData>;

/** The handshake's `auth` of a socket, with what is not of the expected type left out. */
function handshakeAuth(auth: Record<string, unknown>): HandshakeAuth {
  const { client_id, token, sdk, positions } = auth;
  return {
    ...(typeof client_id === 'string' && { client_id }),
    ...(typeof token === 'string' && { token }),
    ...(typeof sdk === 'string' && { sdk }),
    ...(typeof positions === 'boolean' && { positions }),
  };
}

/** The name of the Socket.IO room that holds the members of `room` who take events with or without positions. */
export function audience(room: string, positions: boolean): string {
  return positions ? room : `${room}#bare`;
}

/** Ends the connection under a socket; its client comes back, which it does not after a `socket.disconnect()`. */
export function comeBack(socket: Connection): void {
  (socket.conn as unknown as EngineConnection).close();
}

/** A fault as the error that refuses a connection; its body is the client's `err.data`. */
function connectError(fault: { message: string; toBody(): object }): ExtendedError {
  return Object.assign(new Error(fault.message), { data: fault.toBody() });
}

/** Lets sockets into a namespace once it is known who is behind them, and counts them as part of their connection. */
export function admitTo(namespace: ServiceNamespace, authenticate: Authenticate, connections: OpenConnections): void {
  namespace.use((socket, next: (refusal?: ExtendedError) => void) => {
    void introduce(socket, authenticate).then(
      () => next(),
      (error: unknown) => next(connectError(Fault.from(error))),
    );
  });
  namespace.on('connection', (socket) => {
    const { id } = socket.conn as unknown as EngineConnection;
    const left = connections.enter(socket.data.caller, id, {
      tell: (error) => socket.emit('service_error', error),
      // Whoever is to come back has their engine connection closed: this tells a client not to.
      close: () => socket.disconnect(true),
    });
    if (left) socket.once('disconnect', left);
  });
}

async function introduce(socket: Connection, authenticate: Authenticate): Promise<void> {
  const auth = handshakeAuth(socket.handshake.auth);
  const { cookie } = socket.handshake.headers;
  const user = await authenticate({ ...(auth.token && { token: auth.token }), ...(cookie && { cookie }) });
  socket.data = {
    caller: identify('socketio', user, auth.client_id),
    sdk: auth.sdk !== undefined,
    positions: auth.positions !== false,
    rooms: new Set(),
  };
}
