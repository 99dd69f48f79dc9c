import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { chatOf } from './chat.service.js';
import { Conversation } from './conversation.js';
import { OpeningConversation } from './opening.conversation.js';
import { useSession } from './session.hook.js';

/** A conversation with the agent that answers from what was crawled. */
export function ChatPanel() {
  const { realtime } = usePage();
  const chat = chatOf(realtime);
  const session = useSession();
  return (
    <div className="columns">
      <div className="stack">
        <h1>Chat</h1>
        {session === undefined ? (
          <OpeningConversation {...chat} />
        ) : (
          <Conversation key={session} session={session} {...chat} />
        )}
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="chat" />
      </aside>
    </div>
  );
}
