import { defineService } from '@switchyard/contract';
import type { CreateSession, SendMessage, SetTyping, StopAgent } from './chat.dto.js';
import './chat.faults.js';
import type { ChatHistory } from './chat.history.js';
import type { ChatMessage, Typing } from './chat.message.js';
import type { RunEvents } from './chat.run.js';

/** The payload types of the chat service. */
export interface ChatTypes {
  room: { session_id: string };
  calls: {
    create_session: { payload: CreateSession; reply: { session_id: string } };
    send_message: { payload: SendMessage; reply: ChatMessage };
    stop_agent: { payload: StopAgent; reply: { session_id: string; stopping: boolean } };
    set_typing: { payload: SetTyping; reply: { session_id: string; is_typing: boolean } };
  };
  events: { new_message: ChatMessage; typing: Typing } & RunEvents;
  snapshot: ChatHistory;
}

/** The contract of the chat service. */
export const chat = defineService<ChatTypes>()({
  name: 'chat',
  kind: 'log',
  room: { prefix: 'session', key: 'session_id' },
  join: 'join_session',
  leave: 'leave_session',
  snapshot: 'session_history',
  notFound: 'session.not_found',
  presence: true,
  calls: { create_session: {}, send_message: {}, stop_agent: { repeatable: true }, set_typing: { repeatable: true } },
  events: {
    new_message: {},
    typing: { volatile: true },
    agent_started: {},
    agent_thinking: {},
    tool_executing: {},
    tool_completed: {},
    partial_result: {},
    agent_completed: {},
    agent_error: {},
  },
});
