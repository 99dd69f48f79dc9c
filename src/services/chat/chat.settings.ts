/** The settings of chat. Times are milliseconds. */
export class ChatSettings {
  /** The time limit of an answer. */
  readonly agentTimeoutMs: number = 60_000;
  /** The shortest time between two pieces of an answer. */
  readonly chunkIntervalMs: number = 50;
  /** How many passages an answer is based on. */
  readonly passages: number = 8;
  /** How many messages of a session a client gets. */
  readonly shownMessages: number = 500;

  constructor(settings: Partial<ChatSettings> = {}) {
    Object.assign(this, settings);
  }
}
