import type { JoinReply, LoggedEvent, Position, Reply } from '@switchyard/contract';

/** A bare client of one wire, without the SDK: what the conformance suite checks every wire with. */
interface WireClient {
  /** Joins a room; rejects with the refusal's body as `ErrorBody`. */
  join(key: string, since?: Position): Promise<JoinReply>;
  /** The next live event of the room joined. */
  next(): Promise<LoggedEvent>;
  /** Makes a call; for an old wire that answers with a frame of its own, the reply holds at least its code. */
  call(name: string, payload: unknown): Promise<Reply>;
  close(): Promise<void>;
}

/** A wire, by name. */
export interface WireUnderTest {
  name: string;
  connect(url: string): WireClient;
}
