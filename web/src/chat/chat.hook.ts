import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import { useMemo, useState } from 'react';
import { useObservable } from '../realtime/observable.hook.js';
import { chatView, NOTHING_YET, type ChatView } from './chat.view.js';

/** A session, followed while the component is there; `again` tries anew after a fault. */
export function useChat(chats: AgentChatService, id: string): { view: ChatView; again(): void } {
  const [attempt, setAttempt] = useState(0);
  // A new attempt is a new observable, of the same session.
  const view$ = useMemo(() => chatView(chats, id), [chats, id, attempt]);
  return { view: useObservable(view$, NOTHING_YET), again: () => setAttempt((before) => before + 1) };
}
