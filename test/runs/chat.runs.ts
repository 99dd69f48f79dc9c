import { chat, chatLegacy, type ChatHistory } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import { uploadText, type ServiceRuns } from './service.runs.js';

/** A session with one question and its answer. */
export const runs: ServiceRuns = {
  contract: chat,
  legacy: chatLegacy,
  isOver: ({ messages, runs = [] }: ChatHistory) => runs.length === 0 && messages.at(-1)?.sender === 'agent',
  isLast: (event) => event === 'agent_completed' || event === 'agent_error',
  async start(server) {
    await uploadText(server);
    return {
      async begin() {
        const { session_id } = await call<{ session_id: string }>(server, chat, 'create_session', {});
        await call(server, chat, 'send_message', { session_id, message: 'What is a retarder?' });
        return session_id;
      },
    };
  },
};
