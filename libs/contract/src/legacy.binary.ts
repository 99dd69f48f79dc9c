import type { LegacyContext, LegacyMessage } from './legacy.context.js';
import type { ContractCall, ServiceTypes } from './service.types.js';

/** The part of a codec that reads binary frames; in a contract, bytes are base64 (`base64ToBytes`). */
export interface LegacyBinary<T extends ServiceTypes> {
  /** The call in a binary frame from an old client, undefined when it is none; without it, the bytes are read as text. */
  decodeBinaryCall(bytes: Uint8Array, context: LegacyContext): ContractCall<T> | undefined;
  /** The meaning of a binary frame from the server; undefined when this wire has no such frame. */
  decodeBinaryEvent(bytes: Uint8Array): LegacyMessage<T> | undefined;
}
