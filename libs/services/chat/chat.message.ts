/** The sender of a message. */
export type Sender = 'user' | 'agent';

/** A page that an answer cites. */
export interface Citation {
  url: string;
  title: string;
  source_id: string;
}

/** A stored message, keyed by `id`; ids sort by time. */
export interface ChatMessage {
  id: string;
  session_id: string;
  content: string;
  sender: Sender;
  /** ISO 8601 with Z. */
  timestamp: string;
  agent_type?: string;
  /** The correlation id of the sending call. */
  correlation_id?: string;
  citations?: Citation[];
}

/** A user or agent started or stopped typing. */
export interface Typing {
  session_id: string;
  sender: Sender;
  is_typing: boolean;
}
