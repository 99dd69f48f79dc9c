import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { useCallback } from 'react';
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

/** A conversation, live. */
export function Conversation({ session, chats, opening, draft }: PageChat & { session: string }) {
  const { realtime } = usePage();
  const connection = useSubject(realtime.state$);
  const { view, again } = useChat(chats, session);
  const { messages, run, isTyping, heard, feed, fault } = view;
  const answering = isAnswering(run) ? run : undefined;
  const stick = useStick(
    `${messages?.length ?? 0} ${answering?.next_index} ${run?.activities?.length} ${run?.error?.code}`,
  );
  useAskBeforeLeaving(messages?.some(({ state }) => state === 'pending') ?? false);

  const isGone = fault?.code === 'session.not_found';
  const send = (text: string) => {
    stick.toEnd();
    // What became of it is shown with the message.
    chats.send(session, text).catch(() => undefined);
  };
  const retry = useCallback(
    ({ correlation_id = '' }: ShownMessage) => void chats.retry(session, correlation_id).catch(() => undefined),
    [chats, session],
  );
  const discard = useCallback(
    ({ correlation_id = '' }: ShownMessage) => chats.discard(session, correlation_id),
    [chats, session],
  );
  const asked = run && questionOf(run.correlation_id, messages);

  return (
    <article className="card chat" aria-label="Conversation" data-session={session} aria-busy={!messages && !fault}>
      <header>
        <h2>Conversation</h2>
        {!isGone && <CopyLink session={session} />}
        <button type="button" onClick={() => showSession(undefined)}>
          New conversation
        </button>
      </header>
      <MessageBox stick={stick}>
        {!messages && !fault && <li className="empty">Asking for the conversation…</li>}
        {messages?.length === 0 && !answering && <ChatEmpty />}
        {messages?.map((message) => (
          <MessageItem
            key={message.correlation_id ?? message.id}
            message={message}
            isOnline={connection !== 'reconnecting'}
            retry={retry}
            discard={discard}
          />
        ))}
        {answering && <RunAnswer key={answering.run_id} run={answering} stop={() => chats.stop(session)} />}
        {run?.error && <RunFailure error={run.error} again={asked && (() => send(asked.content))} />}
      </MessageBox>
      <AnswerSpeech key={heard?.id} text={heard?.text} isWhole={heard?.isWhole ?? false} />
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
        draft={draft}
        connection={connection}
        isOpen={!fault}
        autoFocus={opening.value.opened === session}
        send={send}
        typing={(isWriting) => chats.setTyping(session, isWriting)}
      />
      <RoomWire feed={feed} />
    </article>
  );
}

/** The message a run answers; an old wire does not say which, so it is the last one. */
function questionOf(id: string | undefined, messages: readonly ShownMessage[] = []): ShownMessage | undefined {
  return messages.findLast(
    ({ sender, correlation_id }) => sender === 'user' && (id === undefined || correlation_id === id),
  );
}
