import type { ChatMessage } from './chat.message.js';
import type { AgentRun } from './chat.run.js';

/** A session as a client sees it. */
export interface ChatHistory {
  /** The last messages, oldest first. */
  messages: ChatMessage[];
  /** The answers that are being given. */
  runs?: AgentRun[];
}
