import { Injectable } from '@nestjs/common';
import {
  Fault,
  type ControlPayloads,
  type ErrorBody,
  type HandshakeAuth,
  type Reply,
  type WireName,
} from '@switchyard/contract';
import type { ExtendedError } from 'socket.io';
import { invalidField } from '../validation/payload.validation.js';
import { describeAgent } from '../http/client.agent.js';
import { RefusalLog } from '../http/refusal.log.js';
import { Authentication } from '../identity/authentication.js';
import { CredentialExpiry, type CredentialHolder } from '../identity/credential.expiry.js';
import { OpenConnections } from '../limits/open.connections.js';
import type { EngineSocket } from './engine.connection.js';
import { comeBack, type Connection, type SendControl, type ServiceNamespace } from './socketio.connection.js';

/** The wire that is compared with the old ones. */
const COMPARED: WireName = 'socketio';

/** Admits sockets to namespaces once they are authenticated, and ends them when their credentials expire. */
@Injectable()
export class SocketIoAdmission {
  /** The sockets that share an engine connection: one for each of a client's namespaces. */
  private readonly siblings = new WeakMap<object, Set<SocketCredential>>();

  constructor(
    private readonly authentication: Authentication,
    private readonly limits: OpenConnections,
    private readonly credentials: CredentialExpiry,
    private readonly refusals: RefusalLog,
  ) {}

  /** Admits the sockets of a namespace, which is a wire of this name, and counts them as part of their connection. */
  guard(namespace: ServiceNamespace, wire: string, control: SendControl): void {
    namespace.use((socket, next: (refusal?: ExtendedError) => void) => {
      void this.introduce(socket, wire).then(
        () => next(),
        (error: unknown) => {
          this.refusals.refusedAt(`the namespace ${namespace.name}`, error);
          next(connectError(Fault.from(error)));
        },
      );
    });
    namespace.on('connection', (socket) => {
      const { id } = socket.conn as unknown as EngineSocket;
      const left = this.limits.enter(socket.data.caller, id, {
        sendError: (error) => socket.emit('service_error', error),
        // A client does not come back after this; `comeBack` is for one that should.
        close: () => socket.disconnect(true),
      });
      if (left) socket.once('disconnect', left);
      this.watch(new SocketCredential(socket, control));
    });
  }

  /** Takes a fresh token of the same user, so that a connection outlives the one it was opened with; never rejects. */
  async reauthenticate(socket: Connection, payload: unknown): Promise<Reply<{ expires_at: number | null }>> {
    try {
      const token = (payload as { token?: unknown } | null | undefined)?.token;
      if (typeof token !== 'string') throw invalidField('token', 'must be a string');
      const { user } = await this.authentication.renew(socket.data.caller, token);
      for (const sibling of this.siblings.get(socket.conn) ?? []) {
        // Each namespace has a handshake of its own, which may be another user's.
        if (sibling.caller.user?.id !== user!.id) continue;
        sibling.renew(user!);
        this.credentials.renewed(sibling);
      }
      return { ok: true, data: { expires_at: user!.expires_at ?? null } };
    } catch (thrown) {
      return { ok: false, error: Fault.from(thrown).toBody() };
    }
  }

  private async introduce(socket: Connection, wire: string): Promise<void> {
    const { client_id, token, sdk, positions, shadow } = handshakeAuth(socket.handshake.auth);
    const { cookie, 'user-agent': userAgent } = socket.handshake.headers;
    const credentials = { ...(token && { token }), ...(cookie && { cookie }) };
    const caller = await this.authentication.caller(wire, credentials, client_id);
    socket.data = {
      // An old wire is what others are compared with.
      caller: shadow === true && wire === COMPARED ? { ...caller, isShadow: true } : caller,
      agent: describeAgent(sdk, userAgent),
      sdk: sdk !== undefined,
      positions: positions !== false,
      rooms: new Set(),
    };
  }

  private watch(credential: SocketCredential): void {
    const { socket } = credential;
    const siblings = this.siblings.get(socket.conn) ?? new Set();
    this.siblings.set(socket.conn, siblings.add(credential));
    const closed = this.credentials.enter(credential);
    socket.once('disconnect', () => {
      siblings.delete(credential);
      closed();
    });
  }
}

/** The credential of one socket. */
class SocketCredential implements CredentialHolder {
  constructor(
    readonly socket: Connection,
    private readonly control: SendControl,
  ) {}

  get caller() {
    return this.socket.data.caller;
  }

  renew(user: NonNullable<CredentialHolder['caller']['user']>): void {
    this.socket.data.caller = { ...this.caller, user };
  }

  warn(payload: ControlPayloads['auth_expiring']): void {
    this.control(this.socket, { event: 'auth_expiring', payload });
  }

  sendError(error: ErrorBody): void {
    this.socket.emit('service_error', error);
  }

  end(): void {
    comeBack(this.socket);
  }
}

/** The `auth` of a socket's handshake, without the fields that have another type than expected. */
function handshakeAuth(auth: Record<string, unknown>): HandshakeAuth {
  const { client_id, token, sdk, positions, shadow } = auth;
  return {
    ...(typeof client_id === 'string' && { client_id }),
    ...(typeof token === 'string' && { token }),
    ...(typeof sdk === 'string' && { sdk }),
    // A client of Socket.IO 2 sends it in a query, as text.
    ...((typeof positions === 'boolean' || positions === 'false') && { positions: positions === true }),
    ...(typeof shadow === 'boolean' && { shadow }),
  };
}

/** A fault as the error that refuses a connection; its body is the client's `err.data`. */
function connectError(fault: { message: string; toBody(): object }): ExtendedError {
  return Object.assign(new Error(fault.message), { data: fault.toBody() });
}
