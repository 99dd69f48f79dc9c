import type { JoinReply, LoggedEvent, Position, Reply } from '@switchyard/contract';

/** A bare client of one wire, without the SDK, for the conformance suite. */
interface WireClient {
  /** Joins a room; rejects with the refusal's body as `ErrorBody`. */
  join(key: string, since?: Position): Promise<JoinReply>;
  /** The next live event of the joined room. */
  next(): Promise<LoggedEvent>;
  /** Makes a call; on an old wire with its own frame for answers, the reply has at least the code. */
  call(name: string, payload: unknown): Promise<Reply>;
  close(): Promise<void>;
}

/** A wire, by name. */
export interface WireUnderTest {
  name: string;
  connect(url: string): WireClient;
}
