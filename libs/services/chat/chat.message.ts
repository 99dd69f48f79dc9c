/** Who wrote something. */
export type Sender = 'user' | 'agent';

/** A page an answer was taken from. */
export interface Citation {
  url: string;
  title: string;
  source_id: string;
}

/** A message as it is stored; its `id` is its key, and later ids sort after earlier ones. */
export interface ChatMessage {
  id: string;
  session_id: string;
  content: string;
  sender: Sender;
  /** ISO 8601 with Z. */
  timestamp: string;
  agent_type?: string;
  /** That of the call which sent it. */
  correlation_id?: string;
  citations?: Citation[];
}

/** Somebody began or stopped writing. */
export interface Typing {
  session_id: string;
  sender: Sender;
  is_typing: boolean;
}
