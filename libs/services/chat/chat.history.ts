import type { ChatMessage } from './chat.message.js';
import type { AgentRun } from './chat.run.js';

/** The snapshot of a session. */
export interface ChatHistory {
  /** The last messages, oldest first. */
  messages: ChatMessage[];
  /** The running answers. */
  runs?: AgentRun[];
}
