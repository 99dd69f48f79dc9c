/** How a bridge treats its connections; durations in ms. */
export interface UpstreamSettings {
  /** How long a connection may take until the room has its first snapshot. */
  openWithinMs: number;
  /** How long the old server may take to answer a call, on a wire that answers calls. */
  answerWithinMs: number;
  /** How long a room without members keeps its connection, at least. */
  closeAfterMs: number;
  /** The wait before the first new attempt after a loss; it doubles with each failure. */
  reconnectMinMs: number;
  /** The longest wait between two attempts. */
  reconnectMaxMs: number;
  /** How often the old server is pinged; a connection without an answer until the next ping is lost. */
  pingEveryMs: number;
  /** The largest frame that is read, in bytes; a larger one ends the connection. */
  maxFrameBytes: number;
  /** How many frames wait for the store before the old server's socket is read no further. */
  maxWaitingFrames: number;
}

/** The settings where a bridge declares none. */
export const UPSTREAM_DEFAULTS: Readonly<UpstreamSettings> = {
  openWithinMs: 10_000,
  answerWithinMs: 10_000,
  closeAfterMs: 30_000,
  reconnectMinMs: 500,
  reconnectMaxMs: 15_000,
  pingEveryMs: 25_000,
  maxFrameBytes: 1_000_000,
  maxWaitingFrames: 100,
};
