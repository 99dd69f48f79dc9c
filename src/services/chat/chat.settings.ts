/** How answers are given. Times are milliseconds. */
export class ChatSettings {
  /** No answer takes longer. */
  readonly agentTimeoutMs: number = 60_000;
  /** The least time between two pieces of an answer. */
  readonly chunkIntervalMs: number = 50;
  /** Passages an answer is taken from. */
  readonly passages: number = 8;
  /** Messages of a session that are shown. */
  readonly shownMessages: number = 500;

  constructor(settings: Partial<ChatSettings> = {}) {
    Object.assign(this, settings);
  }
}
