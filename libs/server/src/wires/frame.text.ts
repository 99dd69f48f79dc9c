import { randomUUID } from 'node:crypto';
import type { ConnectionField, SentFrame } from '@switchyard/contract';

/** Stands for a connection's id in a text that is encoded once; random, so that no payload can contain it. */
const CONNECTION_ID = randomUUID();

/** The context fields that a codec declares as different for each connection, with placeholders as values. */
export function connectionFields(declared: readonly ConnectionField[] = []): { session_id?: string } {
  return declared.includes('session_id') ? { session_id: CONNECTION_ID } : {};
}

/** The text or bytes of one frame for many connections, encoded once; only the connection's id differs, where a text has it. */
export class FrameText {
  /** The text before, between and after the places of the id. */
  private readonly parts: readonly string[];
  private bytes: Buffer | undefined;
  /** Whether it is sent as a binary frame. */
  readonly isBinary: boolean;

  constructor(frame: SentFrame) {
    this.isBinary = frame instanceof Uint8Array;
    if (frame instanceof Uint8Array) {
      this.bytes = Buffer.from(frame);
      this.parts = [];
      return;
    }
    this.parts = (typeof frame === 'string' ? frame : JSON.stringify(frame)).split(CONNECTION_ID);
  }

  /** The text for one connection as bytes, which all connections share where nothing differs. */
  for(connectionId: string): Buffer {
    if (this.parts.length > 1) return Buffer.from(this.parts.join(connectionId));
    return (this.bytes ??= Buffer.from(this.parts[0]!));
  }
}
