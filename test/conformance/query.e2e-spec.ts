import { query, queryLegacy } from '@switchyard/services';
import { startChat } from '../chat/chat.app.js';
import { CANARY, serviceConformance } from './service.conformance.js';

serviceConformance({
  contract: query,
  codec: queryLegacy,
  badCall: { call: 'run_query', payload: { ws_id: 'w', query: { [CANARY]: CANARY } } },
  async start(settings) {
    const app = await startChat(settings);
    let made = 0;
    return {
      url: app.url,
      // Callers choose the names of rooms.
      room: () => Promise.resolve(`w${(made += 1)}`),
      /** Asks, and waits for the answer. */
      async act(ws_id) {
        const response = await fetch(`${app.url}/query/stream/${ws_id}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: 'What is a retarder?' }),
        });
        expect(response.status).toBe(200);
      },
      close: () => app.close(),
    };
  },
});
