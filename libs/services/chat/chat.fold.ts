import type { ContractEvent } from '@switchyard/contract';
import type { ChatTypes } from './chat.contract.js';
import type { ChatHistory } from './chat.history.js';
import type { ChatMessage } from './chat.message.js';
import { foldRun } from './chat.run.js';

/** Applies an event to a session; a known message is replaced. */
export function foldHistory(history: ChatHistory, event: ContractEvent<ChatTypes>): ChatHistory {
  if (event.event === 'typing') return history;
  if (event.event === 'new_message') return withMessage(history, event.payload);
  const run = foldRun(history.runs?.[0], event);
  return { messages: history.messages, ...(run && { runs: [run] }) };
}

function withMessage({ messages, runs }: ChatHistory, message: ChatMessage): ChatHistory {
  const isKnown = messages.some(({ id }) => id === message.id);
  const all = isKnown ? messages.map((known) => (known.id === message.id ? message : known)) : [...messages, message];
  // The message replaces the streamed text.
  const left = message.sender === 'agent' ? runs?.map((run) => ({ ...run, partial: '' })) : runs;
  return { messages: all, ...(left && { runs: left }) };
}
