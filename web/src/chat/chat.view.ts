import type { AgentRun } from '@switchyard/services';
import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { catchError, map, merge, of, scan, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { feedAfter, feedOn, feedWires, NO_FEED, type RoomFeed } from '../realtime/room.feed.js';
import { nextAnnouncement, type AnnouncedAnswer } from './announced.answer.js';

/** A page's view of a session. */
export interface ChatView {
  /** Undefined until there are messages. */
  messages?: readonly ShownMessage[];
  /** The current answer, or the last one if it failed. */
  run?: AgentRun;
  /** Whether another user is typing. */
  isTyping: boolean;
  /** The part of the answer to announce. */
  announced?: AnnouncedAnswer;
  feed: RoomFeed;
  /** Why the session cannot be followed. */
  fault?: ShownFault;
}

export const NOTHING_YET: ChatView = { isTyping: false, feed: NO_FEED };

type Change = (view: ChatView) => ChatView;

/** Follows a session and never fails; a fault is part of the view. */
export function chatView(chats: AgentChatService, id: string): Observable<ChatView> {
  const { messages$, run$, typing$ } = chats.session(id);
  const changes: Observable<Change>[] = [
    messages$.pipe(map((messages) => (view) => ({ ...view, messages }))),
    run$.pipe(map((run) => (view) => ({ ...view, run }))),
    typing$.pipe(map((isTyping) => (view) => ({ ...view, isTyping }))),
    chats.room(id).messages$.pipe(
      map((message) => (view) => ({
        ...view,
        feed: feedAfter(view.feed, message, chats.connection.wire$.value),
      })),
    ),
    feedWires(chats.connection).pipe(map((wire) => (view) => ({ ...view, feed: feedOn(view.feed, wire) }))),
  ];
  return merge(...changes).pipe(
    catchError((thrown: unknown) =>
      of<Change>((view) => ({
        ...view,
        messages: unsent(view.messages),
        feed: { ...view.feed, isOver: true },
        fault: shown(thrown),
      })),
    ),
    scan((view, change) => {
      const next = change(view);
      return { ...next, announced: nextAnnouncement(view.announced, next) };
    }, NOTHING_YET),
  );
}

/** Ignores the result of a message in flight after the page has left. */
function unsent(messages: ChatView['messages']): ChatView['messages'] {
  return messages?.map((message) => (message.state === 'pending' ? { ...message, state: 'failed' } : message));
}
