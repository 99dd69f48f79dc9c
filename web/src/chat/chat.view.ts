import type { AgentRun } from '@switchyard/services';
import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { catchError, map, merge, of, scan, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { feedAfter, NO_FEED, type RoomFeed } from '../realtime/room.feed.js';
import { heardAfter, type HeardAnswer } from './heard.answer.js';

/** What a page knows of a session. */
export interface ChatView {
  /** Undefined until there is something to show. */
  messages?: readonly ShownMessage[];
  /** The answer that is being given, or the last one when it failed. */
  run?: AgentRun;
  /** Whether somebody else writes. */
  isTyping: boolean;
  /** What is read out of it. */
  heard?: HeardAnswer;
  feed: RoomFeed;
  /** Why the session cannot be followed. */
  fault?: ShownFault;
}

export const NOTHING_YET: ChatView = { isTyping: false, feed: NO_FEED };

type Change = (view: ChatView) => ChatView;

/** Follows a session; never fails: a fault is part of the view. */
export function chatView(chats: AgentChatService, id: string): Observable<ChatView> {
  const { messages$, run$, typing$ } = chats.session(id);
  const changes: Observable<Change>[] = [
    messages$.pipe(map((messages) => (view) => ({ ...view, messages }))),
    run$.pipe(map((run) => (view) => ({ ...view, run }))),
    typing$.pipe(map((isTyping) => (view) => ({ ...view, isTyping }))),
    chats.room(id).messages$.pipe(
      map((message) => (view) => ({
        ...view,
        feed: feedAfter(view.feed, message, chats.connection.wire),
      })),
    ),
  ];
  return merge(...changes).pipe(
    catchError((thrown: unknown) =>
      of<Change>((view) => ({ ...view, messages: unsent(view.messages), fault: shown(thrown) })),
    ),
    scan((view, change) => {
      const next = change(view);
      return { ...next, heard: heardAfter(view.heard, next) };
    }, NOTHING_YET),
  );
}

/** Nobody hears any more what becomes of a message that was on its way. */
function unsent(messages: ChatView['messages']): ChatView['messages'] {
  return messages?.map((message) => (message.state === 'pending' ? { ...message, state: 'failed' } : message));
}
