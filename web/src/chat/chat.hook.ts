import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { useMemo, useState } from 'react';
import { map } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import type { PageChat } from './chat.service.js';
import { chatView, NOTHING_YET, type ChatView } from './chat.view.js';
import type { Opening, OpeningView } from './opening.js';

/** The actions of a conversation; each message shows its own result. */
interface ChatActions {
  say(text: string): void;
  typing(isTyping: boolean): void;
  /** Sends a refused message again. */
  retry(message: ShownMessage): void;
  discard(message: ShownMessage): void;
  /** Stops the current answer. */
  stop(): Promise<unknown>;
}

/** A conversation's state and actions; `again` retries after a fault. */
export interface FollowedChat extends ChatActions {
  view: ChatView;
  again(): void;
}

/** Follows a conversation while the component is mounted: a session's, or one being opened. */
export function useChat({ chats, opening }: PageChat, session: string | undefined): FollowedChat {
  const [attempt, setAttempt] = useState(0);
  // A new attempt needs a new observable of the same session.
  const seen$ = useMemo(() => {
    const view$ = session === undefined ? opening.pipe(map(openingView)) : chatView(chats, session);
    return view$.pipe(map((view) => ({ session, view })));
  }, [chats, opening, session, attempt]);
  const actions = useMemo(
    () => (session === undefined ? actionsBefore(opening) : actionsIn(chats, session)),
    [chats, opening, session],
  );
  const begins = session === undefined ? openingView(opening.value) : begunBy(opening.value, session);
  const seen = useObservable<{ session: string | undefined; view: ChatView }>(seen$, { session, view: begins });
  return {
    ...actions,
    // The state of one conversation is never shown for another.
    view: seen.session === session ? { ...begins, ...seen.view } : begins,
    again: session === undefined ? () => opening.retry() : () => setAttempt((before) => before + 1),
  };
}

function actionsIn(chats: AgentChatService, session: string): ChatActions {
  const ignore = () => undefined;
  return {
    say: (text) => void chats.send(session, text).catch(ignore),
    typing: (isTyping) => chats.setTyping(session, isTyping),
    retry: ({ correlation_id = '' }) => void chats.retry(session, correlation_id).catch(ignore),
    discard: ({ correlation_id = '' }) => chats.discard(session, correlation_id),
    stop: () => chats.stop(session),
  };
}

/** The actions without a session; nothing can be typing, refused or answered yet. */
function actionsBefore(opening: Opening): ChatActions {
  const nothing = () => undefined;
  return {
    say: (text) => opening.say(text),
    typing: nothing,
    retry: nothing,
    discard: nothing,
    stop: () => Promise.resolve(),
  };
}

/** The view of a conversation without a session. */
function openingView({ messages, opened, fault }: OpeningView): ChatView {
  return { ...NOTHING_YET, messages: opened === undefined ? messages : [], ...(fault && { fault }) };
}

/** The view of a session before its first snapshot: the first messages, if this page started the session. */
function begunBy({ messages, opened }: OpeningView, session: string): ChatView {
  return opened === session ? { ...NOTHING_YET, messages } : NOTHING_YET;
}
