import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { useEffect, useRef, type RefObject } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { RoomWire } from '../realtime/room.wire.js';
import { AnswerSpeech } from './answer.speech.js';
import { ChatEmpty } from './chat.empty.js';
import type { PageChat } from './chat.service.js';
import { useChat } from './chat.hook.js';
import { Composer } from './composer.js';
import { CopyLink } from './copy.link.js';
import { useAskBeforeLeaving } from './leave.hook.js';
import { MessageBox } from './message.box.js';
import { MessageItem } from './message.item.js';
import { RunAnswer } from './run.answer.js';
import { RunFailure } from './run.failure.js';
import { isAnswering } from './run.answering.js';
import { showSession } from './session.hook.js';
import { useStick } from './stick.hook.js';

interface ConversationProps {
  chat: PageChat;
  /** Undefined for a new conversation. */
  session: string | undefined;
}

/** Shows a conversation live; the component survives the opening of its session, so that writing is not interrupted. */
export function Conversation({ chat, session }: ConversationProps) {
  const { realtime } = usePage();
  const connection = useSubject(realtime.state$);
  const { view, say, typing, retry, discard, stop, again } = useChat(chat, session);
  const { messages, run, isTyping, announced, feed, fault } = view;
  const answering = isAnswering(run) ? run : undefined;
  const stick = useStick(
    `${messages?.length ?? 0} ${answering?.next_index} ${run?.activities?.length} ${run?.error?.code}`,
  );
  useAskBeforeLeaving(messages?.some(({ state }) => state === 'pending') ?? false);
  const composer = useFocusOnNew(session);

  const isGone = fault?.code === 'session.not_found';
  const send = (text: string) => {
    stick.toEnd();
    say(text);
  };
  const asked = run && questionOf(run.correlation_id, messages);

  return (
    <article className="card chat" aria-label="Conversation" data-session={session} aria-busy={!messages && !fault}>
      <header>
        <h2>{session === undefined ? 'New conversation' : 'Conversation'}</h2>
        {session !== undefined && !isGone && <CopyLink key={session} session={session} />}
        {session !== undefined && (
          <button type="button" onClick={() => showSession(undefined)}>
            New conversation
          </button>
        )}
      </header>
      <MessageBox key={session} stick={stick}>
        {!messages && !fault && <li className="empty">Loading the conversation…</li>}
        {messages?.length === 0 && !answering && <ChatEmpty />}
        {messages?.map((message) => (
          <MessageItem
            key={message.correlation_id ?? message.id}
            message={message}
            isLive={connection !== 'reconnecting' && connection !== 'polling'}
            retry={retry}
            discard={discard}
          />
        ))}
        {answering && <RunAnswer key={answering.run_id} run={answering} stop={stop} />}
        {run?.error && <RunFailure error={run.error} again={asked && (() => send(asked.content))} />}
      </MessageBox>
      <AnswerSpeech key={announced?.id} text={announced?.text} isWhole={announced?.isWhole ?? false} />
      {fault && (
        <FaultNote fault={fault}>
          {isGone ? (
            <button type="button" onClick={() => showSession(undefined)}>
              Start a new conversation
            </button>
          ) : (
            <button type="button" onClick={again}>
              Try again
            </button>
          )}
        </FaultNote>
      )}
      <p className="typing" role="status">
        {isTyping && 'Somebody else is writing…'}
      </p>
      <Composer
        area={composer}
        draft={chat.draft}
        connection={connection}
        // Without a session, the only fault is that the session could not be opened yet.
        isOpen={session === undefined || !fault}
        send={send}
        typing={typing}
      />
      {session !== undefined && <RoomWire feed={feed} />}
    </article>
  );
}

/** The message field, focused when the user starts a new conversation. */
function useFocusOnNew(session: string | undefined): RefObject<HTMLTextAreaElement | null> {
  const area = useRef<HTMLTextAreaElement>(null);
  const before = useRef(session);
  useEffect(() => {
    if (session === undefined && before.current !== undefined) area.current?.focus();
    before.current = session;
  }, [session]);
  return area;
}

/** Finds the message that a run answers; on an old wire it is the last one. */
function questionOf(id: string | undefined, messages: readonly ShownMessage[] = []): ShownMessage | undefined {
  return messages.findLast(
    ({ sender, correlation_id }) => sender === 'user' && (id === undefined || correlation_id === id),
  );
}
