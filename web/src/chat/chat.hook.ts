import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { useMemo, useState } from 'react';
import { map } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import type { PageChat } from './chat.service.js';
import { chatView, NOTHING_YET, type ChatView } from './chat.view.js';
import type { Opening, OpeningView } from './opening.js';

/** What can be done in a conversation; what becomes of a message is shown with it. */
interface ChatDeeds {
  say(text: string): void;
  typing(isTyping: boolean): void;
  /** Sends a message again that was refused. */
  retry(message: ShownMessage): void;
  discard(message: ShownMessage): void;
  /** Ends the answer that is being given. */
  stop(): Promise<unknown>;
}

/** A conversation as it is shown, and what can be done in it; `again` tries anew to follow it after a fault. */
export interface FollowedChat extends ChatDeeds {
  view: ChatView;
  again(): void;
}

/** A conversation, followed while the component is there: a session's, or without one that which is being opened. */
export function useChat({ chats, opening }: PageChat, session: string | undefined): FollowedChat {
  const [attempt, setAttempt] = useState(0);
  // A new attempt is a new observable, of the same session.
  const seen$ = useMemo(() => {
    const view$ = session === undefined ? opening.pipe(map(openingView)) : chatView(chats, session);
    return view$.pipe(map((view) => ({ session, view })));
  }, [chats, opening, session, attempt]);
  const deeds = useMemo(
    () => (session === undefined ? deedsBefore(opening) : deedsIn(chats, session)),
    [chats, opening, session],
  );
  const begins = session === undefined ? openingView(opening.value) : begunBy(opening.value, session);
  const seen = useObservable<{ session: string | undefined; view: ChatView }>(seen$, { session, view: begins });
  return {
    ...deeds,
    // What was seen of one conversation is never shown as another's.
    view: seen.session === session ? { ...begins, ...seen.view } : begins,
    again: session === undefined ? () => opening.retry() : () => setAttempt((before) => before + 1),
  };
}

function deedsIn(chats: AgentChatService, session: string): ChatDeeds {
  const ignore = () => undefined;
  return {
    say: (text) => void chats.send(session, text).catch(ignore),
    typing: (isTyping) => chats.setTyping(session, isTyping),
    retry: ({ correlation_id = '' }) => void chats.retry(session, correlation_id).catch(ignore),
    discard: ({ correlation_id = '' }) => chats.discard(session, correlation_id),
    stop: () => chats.stop(session),
  };
}

/** What can be done before there is a session: nobody else is there, and no message was refused or answered. */
function deedsBefore(opening: Opening): ChatDeeds {
  const nothing = () => undefined;
  return {
    say: (text) => opening.say(text),
    typing: nothing,
    retry: nothing,
    discard: nothing,
    stop: () => Promise.resolve(),
  };
}

/** What is shown of a conversation without a session. */
function openingView({ said, opened, fault }: OpeningView): ChatView {
  return { ...NOTHING_YET, messages: opened === undefined ? said : [], ...(fault && { fault }) };
}

/** What is shown of a session before it has answered: what it was begun with, if it was begun here. */
function begunBy({ said, opened }: OpeningView, session: string): ChatView {
  return opened === session ? { ...NOTHING_YET, messages: said } : NOTHING_YET;
}
