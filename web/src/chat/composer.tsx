import type { ConnectionState } from '@switchyard/client';
import { useId, useLayoutEffect, type KeyboardEvent, type RefObject, type SubmitEvent } from 'react';
import type { BehaviorSubject } from 'rxjs';
import { useSubject } from '../realtime/observable.hook.js';
import { charactersLeft, MAX_CHARACTERS } from './message.limits.js';

interface ComposerProps {
  /** The text field. */
  area: RefObject<HTMLTextAreaElement | null>;
  /** The unsent text. */
  draft: BehaviorSubject<string>;
  connection: ConnectionState;
  /** Whether writing is possible. */
  isOpen: boolean;
  send(text: string): void;
  typing(isTyping: boolean): void;
}

/** The message field: Enter sends, Shift + Enter starts a new line; it also works offline. */
export function Composer({ area, draft, connection, isOpen, send, typing }: ComposerProps) {
  const text = useSubject(draft);
  const id = useId();
  const left = charactersLeft(text);
  const isTooLong = left !== undefined && left < 0;
  const canSend = isOpen && text.trim() !== '' && !isTooLong;

  useLayoutEffect(() => {
    const { current } = area;
    if (!current) return;
    current.style.height = 'auto';
    // The scroll height does not include the border.
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [area, text]);
  // Returning to a draft puts the cursor at its end.
  useLayoutEffect(() => area.current?.setSelectionRange(-1, -1), [area]);

  const change = (next: string) => {
    draft.next(next);
    typing(next.trim() !== '');
  };
  const submit = (event?: SubmitEvent<HTMLFormElement>) => {
    event?.preventDefault();
    if (!canSend) return;
    send(text.trim());
    draft.next('');
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter also confirms an input method's composition, as in Chinese.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form className="composer" onSubmit={submit} aria-label="Write a message">
      <label className="visually-hidden" htmlFor={id}>
        Message
      </label>
      <textarea
        ref={area}
        id={id}
        rows={1}
        value={text}
        maxLength={MAX_CHARACTERS}
        placeholder="Ask about what was crawled"
        disabled={!isOpen}
        aria-invalid={isTooLong}
        aria-describedby={`${id}-hint`}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => typing(false)}
      />
      <button type="submit" className="primary" aria-disabled={!canSend} aria-describedby={`${id}-hint`}>
        Send
      </button>
      <p className={isTooLong ? 'problem' : 'hint'} id={`${id}-hint`} role={isTooLong ? 'alert' : undefined}>
        {hintFor(connection, left, isOpen)}
      </p>
    </form>
  );
}

function hintFor(connection: ConnectionState, left: number | undefined, isOpen: boolean): string {
  if (!isOpen) return 'Nothing can be sent: this conversation cannot be followed.';
  if (left !== undefined && left < 0)
    return `Shorten it by ${-left} characters: this is more than can be sent at once.`;
  if (left !== undefined) return `${left} characters left.`;
  if (connection === 'reconnecting') return 'Not connected: what you send waits here and goes out in order.';
  if (connection === 'polling') return 'No live connection: what you send goes out in order once the server answers.';
  if (connection === 'disconnected') return 'The connection is closed and messages cannot be sent. Reload the page.';
  return 'Enter sends, Shift + Enter begins a new line.';
}
