import type { CallReply, EventPayload } from '@switchyard/contract';
import type { Observable } from 'rxjs';
import type { AgentChatService } from './chat.client.js';
import type { ChatTypes } from './chat.contract.js';
import type { ChatMessage } from './chat.message.js';
import type { AgentRun, RunEvent } from './chat.run.js';

declare const service: AgentChatService;

export function calls() {
  const sent: Promise<ChatMessage> = service.send('s', 'hello', { source_id: 'x' });
  const stopped: Promise<CallReply<ChatTypes, 'stop_agent'>> = service.call('stop_agent', { session_id: 's' });
  // @ts-expect-error a message needs a text
  void service.call('send_message', { session_id: 's' });
  // @ts-expect-error there is no such call
  void service.call('start_crawl', { url: 'http://localhost/' });
  // @ts-expect-error a room needs its key
  service.room();
  return [sent, stopped];
}

export function events() {
  const messages: Observable<ChatMessage> = service.room('s').on('new_message');
  const run: Observable<AgentRun | undefined> = service.session('s').run$;
  // @ts-expect-error there is no such event
  service.room('s').on('progress_update');
  // @ts-expect-error a typing notification is not a message
  const typing: Observable<ChatMessage> = service.room('s').on('typing');
  const piece: EventPayload<ChatTypes, 'partial_result'> = { run_id: 'r', agent_name: 'rag', index: 0, content: 'A' };
  // @ts-expect-error a piece has an index
  const lost: EventPayload<ChatTypes, 'partial_result'> = { run_id: 'r', agent_name: 'rag', content: 'A' };
  return [messages, run, typing, piece, lost];
}

/** The name of an event determines its payload. */
export function narrowed(event: RunEvent): string | number {
  if (event.event === 'partial_result') return event.payload.index;
  // @ts-expect-error only pieces have content
  return event.payload.content;
}
