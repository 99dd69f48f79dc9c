import { Fault, type LegacyAddress, type LegacyFrame, type MessageAuthentication } from '@switchyard/contract';
import type { WireDependencies } from '../wires/wire.dependencies.js';
import { arrivalContext } from './arrival.js';
import { readFrame } from './frame.reader.js';
import { MAX_BYTES } from './pending.socket.js';
import { TokenRenewal, type NewToken } from './token.renewal.js';
import { UNAUTHENTICATED, type WebSocketConnection } from './websocket.connection.js';
import type { WebSocketDoor } from './websocket.door.js';

/** The tokens that clients of one endpoint send in messages after they were let in, in place of one that expires. */
export class MessageTokens {
  private readonly renewals = new WeakMap<WebSocketConnection, TokenRenewal>();

  constructor(
    private readonly authentication: MessageAuthentication,
    private readonly door: WebSocketDoor,
    private readonly wires: Pick<WireDependencies, 'callers' | 'credentials'>,
  ) {}

  /** Takes a frame that authenticates; false for any other frame. */
  take(peer: WebSocketConnection, data: Buffer, address: LegacyAddress): boolean {
    const { max_bytes = MAX_BYTES } = this.authentication;
    const frame = data.length > max_bytes ? undefined : readFrame(data);
    if (frame === undefined) return false;
    const credential = this.credentialIn(peer, frame);
    if (!credential) return credential === null;
    // Our client sends its token in the query, and what it sends first is for an old server.
    if (peer.takesControl) return true;
    const renewal = this.renewals.get(peer) ?? new TokenRenewal((message) => this.renew(peer, message, address));
    this.renewals.set(peer, renewal);
    void renewal.take({ token: credential.token ?? '', request_id: this.door.requestIdIn(frame) });
    return true;
  }

  /** The credential in a frame; null for one that is refused. */
  private credentialIn(peer: WebSocketConnection, frame: LegacyFrame) {
    try {
      return this.door.credentialIn(frame);
    } catch (thrown) {
      peer.complain(Fault.from(thrown).toBody());
      return null;
    }
  }

  private async renew(
    peer: WebSocketConnection,
    { token, request_id }: NewToken,
    address: LegacyAddress,
  ): Promise<void> {
    const send = (frames: () => readonly LegacyFrame[] | undefined) => {
      const answer = this.door.attempt(frames);
      for (const frame of answer ?? []) peer.send(frame);
      return answer !== undefined;
    };
    try {
      if (!token && !peer.caller.user) return;
      if (!token) throw new Fault('auth.required');
      peer.renew(await this.wires.callers.renew(peer.caller, token));
      this.wires.credentials.renewed(peer);
      send(() => this.authentication.renewed?.(arrivalContext(address, peer.caller, request_id)));
    } catch (thrown) {
      const fault = Fault.from(thrown);
      const context = arrivalContext(address, peer.caller, request_id);
      if (send(() => this.authentication.renewalRefused?.(fault.toBody(), context))) return;
      // The present token still holds while another cannot be checked.
      if (fault.code.startsWith('auth.')) peer.dismiss(fault.toBody(), UNAUTHENTICATED, request_id);
      else peer.complain(fault.toBody());
    }
  }
}
