import { Fault, type HandshakeAuth } from '@switchyard/contract';
import type { DefaultEventsMap, ExtendedError, Namespace, Socket } from 'socket.io';
import type { Authenticate } from '../../realtime.options.js';
import { identify, type Caller } from '../../service/caller.js';

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

/** A fault as the error that refuses a connection; its body is the client's `err.data`. */
function connectError(fault: { message: string; toBody(): object }): ExtendedError {
  return Object.assign(new Error(fault.message), { data: fault.toBody() });
}

/** The middleware that finds out who is behind a socket before it is let into a namespace. */
export function admission(authenticate: Authenticate) {
  return (socket: Connection, next: (refusal?: ExtendedError) => void): void => {
    void introduce(socket, authenticate).then(
      () => next(),
      (error: unknown) => next(connectError(Fault.from(error))),
    );
  };
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
