import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { chatOf } from './chat.service.js';
import { Conversation } from './conversation.js';
import { useSession } from './session.hook.js';

/** Shows a conversation with the agent, which answers from the index. */
export function ChatPanel() {
  const { realtime } = usePage();
  const chat = chatOf(realtime);
  const session = useSession();
  return (
    <ServicePanel title="Chat" service="chat">
      <Conversation chat={chat} session={session} />
    </ServicePanel>
  );
}
