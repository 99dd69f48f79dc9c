import type { LegacyBinary } from './legacy.binary.js';
import type { LegacyMessage } from './legacy.context.js';
import type { LegacyOpening } from './legacy.door.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { LegacyRequests } from './legacy.requests.js';
import type { ContractCall, ServiceTypes } from './service.types.js';

/**
 * The client's half of a codec: it reads the frames of an old server, and makes frames for it. A bridge to an old server
 * needs no more; a `LegacyCodec` has it too.
 */
export interface UpstreamCodec<T extends ServiceTypes> extends Partial<
  Pick<LegacyRequests<T>, 'decodeReply'> & Pick<LegacyBinary<T>, 'decodeBinaryEvent'>
> {
  /** The meaning of a frame from the server; undefined when this wire has no such frame. */
  decodeEvent(frame: LegacyFrame): LegacyMessage<T> | undefined;
  /**
   * The frame of a call, with the id by which its reply is recognised where the old wire has request ids; undefined when
   * the old wire carries no such call.
   */
  encodeCall(call: ContractCall<T>, id?: number): LegacyFrame | undefined;
  /**
   * What the room `key` is opened with on an old server, the inverse of `keyOf` and of the authentication. Our client needs
   * none of it on a server of this framework.
   */
  opening?(client: { readonly key: string; readonly token?: string }): LegacyOpening;
}
