import { deepStrictEqual as deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chat, type ChatHistory, type ChatMessage } from '@switchyard/services';
import { call, snapshotWhen, type BusyService } from './busy.service.js';

/** Asks questions one by one. */
export const busy: BusyService = {
  contract: chat,
  async start(server) {
    const { session_id } = await call<{ session_id: string }>(server, chat, 'create_session', {});
    const acknowledged: string[] = [];
    return {
      key: session_id,
      async act() {
        const message = `What is a retarder? (${acknowledged.length})`;
        const payload = { session_id, message, correlation_id: randomUUID() };
        acknowledged.push((await call<ChatMessage>(server, chat, 'send_message', payload)).id);
      },
      async check() {
        const over = ({ runs = [] }: ChatHistory) => runs.length === 0;
        const { messages } = await snapshotWhen<ChatHistory>(server, chat, session_id, over);
        const ids = messages.map(({ id }) => id);
        equal(new Set(ids).size, ids.length);
        // The snapshot contains only the last messages of a long conversation.
        deepEqual(
          acknowledged.filter((id) => id >= ids[0]!).filter((id) => !ids.includes(id)),
          [],
        );
      },
    };
  },
};
