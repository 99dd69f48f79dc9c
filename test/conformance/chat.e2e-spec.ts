import { formatPosition, type JoinReply } from '@switchyard/contract';
import { chat, chatLegacy } from '@switchyard/services';
import { QUESTION, startChat } from '../chat/chat.app.js';
import { CANARY, serviceConformance } from './service.conformance.js';
import { until } from '../harness/until.js';

serviceConformance({
  contract: chat,
  codec: chatLegacy,
  unknown: 'nobody-knows-this-session',
  notFound: 'session.not_found',
  badCall: { call: 'send_message', payload: { session_id: 's', message: { [CANARY]: CANARY } } },
  async start(settings) {
    const app = await startChat(settings);
    const poll = async (key: string, since?: JoinReply) => {
      const query = since ? `?since=${formatPosition(since)}` : '';
      return (await (await fetch(`${app.url}/realtime/rooms/chat/${key}${query}`)).json()) as JoinReply;
    };
    return {
      url: app.url,
      room: () => app.open(),
      /** Asks, and waits for the end of the answer. */
      async act(session_id) {
        const before = await poll(session_id);
        await fetch(`${app.url}/realtime/calls/chat/send_message`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ session_id, message: QUESTION }),
        });
        const isAnswered = async () => (await poll(session_id, before)).events!.at(-1)?.event === 'agent_completed';
        await until('the answer', isAnswered);
      },
      close: () => app.close(),
    };
  },
});
