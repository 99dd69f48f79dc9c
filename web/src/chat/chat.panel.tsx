import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { chatOf } from './chat.service.js';
import { Conversation } from './conversation.js';
import { OpeningConversation } from './opening.conversation.js';
import { useSession } from './session.hook.js';

/** A conversation with the agent that answers from what was crawled. */
export function ChatPanel() {
  const { realtime } = usePage();
  const { chats, opening } = chatOf(realtime);
  const session = useSession();
  return (
    <div className="columns">
      <div className="stack">
        <h1>Chat</h1>
        {session === undefined ? (
          <OpeningConversation opening={opening} />
        ) : (
          <Conversation key={session} session={session} chats={chats} />
        )}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="chat" />
      </aside>
    </div>
  );
}
