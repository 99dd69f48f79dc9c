import { Fault, type LegacyAddress, type LegacyFrame, type MessageAuthentication } from '@switchyard/contract';
import type { WireDependencies } from '../wires/wire.dependencies.js';
import { arrivalContext } from './arrival.js';
import { readFrame } from './frame.reader.js';
import { MAX_BYTES } from './pending.socket.js';
import { TokenRenewal } from './token.renewal.js';
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
    const renewal = this.renewals.get(peer) ?? new TokenRenewal((token) => this.renew(peer, token, address));
    this.renewals.set(peer, renewal);
    void renewal.take(credential.token ?? '');
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

  private async renew(peer: WebSocketConnection, token: string, address: LegacyAddress): Promise<void> {
    try {
      if (!token && !peer.caller.user) return;
      if (!token) throw new Fault('auth.required');
      peer.renew(await this.wires.callers.renew(peer.caller, token));
      this.wires.credentials.renewed(peer);
      const context = arrivalContext(address, peer.caller);
      for (const frame of this.door.attempt(() => this.authentication.renewed?.(context)) ?? []) peer.send(frame);
    } catch (thrown) {
      const fault = Fault.from(thrown);
      // The present token still holds while another cannot be checked.
      if (fault.code.startsWith('auth.')) peer.dismiss(fault.toBody(), UNAUTHENTICATED);
      else peer.complain(fault.toBody());
    }
  }
}
