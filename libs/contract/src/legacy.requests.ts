import type { LegacyContext } from './legacy.context.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { Reply } from './reply.js';
import type { RequestId } from './request.id.js';
import type { ContractCall, ServiceTypes } from './service.types.js';

/** The answer to a request of our client, read from a frame of the old wire. */
export interface LegacyReply {
  id: RequestId;
  reply: Reply;
}

/** The part of a codec for an old wire that answers calls; several may be in flight, and answers come in any order. */
export interface LegacyRequests<T extends ServiceTypes> {
  /** The id of the request in a client's frame; undefined for a frame without one, such as a notification. */
  requestId(frame: LegacyFrame): RequestId | undefined;
  /** The most requests in one frame that is an array, answered by one array in their order; an array is refused when undefined or 0. */
  readonly maxBatch: number;
  /** The answer to a call, sent to its caller only; undefined for no answer. Frames that are no call get `encodeError`. */
  encodeReply(call: ContractCall<T>, reply: Reply, context: LegacyContext): LegacyFrame | undefined;
  /** The reply in a frame from the server; undefined for another frame. With it, our client makes its calls on this wire. */
  decodeReply(frame: LegacyFrame): LegacyReply | undefined;
}
