import { FaultNote } from '../fault/fault.note.js';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { ChatEmpty } from './chat.empty.js';
import type { PageChat } from './chat.service.js';
import { Composer } from './composer.js';
import { MessageBox } from './message.box.js';
import { MessageItem } from './message.item.js';
import { useStick } from './stick.hook.js';

const nothing = () => undefined;

/** A conversation that begins with its first message. */
export function OpeningConversation({ opening, draft }: PageChat) {
  const { realtime } = usePage();
  const connection = useSubject(realtime.state$);
  const { said, fault } = useSubject(opening);
  const stick = useStick(String(said.length));
  return (
    <article className="card chat" aria-label="Conversation">
      <header>
        <h2>New conversation</h2>
      </header>
      <MessageBox stick={stick}>
        {said.length === 0 && <ChatEmpty />}
        {said.map((message) => (
          <MessageItem
            key={message.id}
            message={message}
            isOnline={connection !== 'reconnecting'}
            retry={nothing}
            discard={nothing}
          />
        ))}
      </MessageBox>
      {fault && (
        <FaultNote fault={fault}>
          <button type="button" onClick={() => opening.retry()}>
            Try again
          </button>
        </FaultNote>
      )}
      <Composer draft={draft} connection={connection} send={(text) => opening.say(text)} />
    </article>
  );
}
