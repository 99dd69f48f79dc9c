import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { memo, useMemo, type ReactNode } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown } from '../fault/shown.fault.js';
import { ChatText } from './chat.text.js';
import { CitationList } from './citation.list.js';
import { citedText } from './cited.text.js';

interface MessageItemProps {
  message: ShownMessage;
  /** Whether the connection is up. */
  isLive: boolean;
  retry(message: ShownMessage): void;
  discard(message: ShownMessage): void;
}

/** Shows a message; a user's own message shows its delivery state. */
export const MessageItem = memo(function MessageItem({ message, isLive, retry, discard }: MessageItemProps) {
  const { content, sender, timestamp, state, fault, citations } = message;
  const cited = useMemo(() => citedText(content, citations), [content, citations]);
  return (
    <li className={`message from-${sender}`} data-message={message.id} data-state={state}>
      <p className="message-head">
        <strong>{sender === 'agent' ? 'Agent' : 'User'}</strong>
        <MessageTime at={timestamp} />
        {sender === 'user' && <MessageMark state={state} isLive={isLive} />}
      </p>
      <div className="bubble">
        <ChatText text={cited.text} citations={cited.citations} />
        <CitationList citations={cited.citations} />
      </div>
      {fault && (
        <FaultNote fault={shown(fault)}>
          <button type="button" onClick={() => retry(message)}>
            Try again
          </button>
          <button type="button" onClick={() => discard(message)}>
            Discard
          </button>
        </FaultNote>
      )}
    </li>
  );
});

function MessageTime({ at }: { at: string }) {
  const time = new Date(at);
  const isToday = time.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={time.toLocaleString([], { dateStyle: 'full', timeStyle: 'medium' })}>
      {!isToday && `${time.toLocaleDateString([], { day: 'numeric', month: 'short' })} `}
      {time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
    </time>
  );
}

function MessageMark({ state, isLive }: { state: ShownMessage['state']; isLive: boolean }): ReactNode {
  if (state === 'failed') return <span className="mark mark-failed">Not sent</span>;
  if (state === 'pending') return <span className="mark">{isLive ? 'Sending…' : 'Waiting for the server'}</span>;
  return (
    <span className="mark mark-sent" title="Received by the server">
      <span aria-hidden="true">✓</span>
      <span className="visually-hidden">sent</span>
    </span>
  );
}
