import { knowledge, knowledgeLegacy } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { CANARY, serviceConformance } from './service.conformance.js';

serviceConformance({
  contract: knowledge,
  codec: knowledgeLegacy,
  badCall: { call: 'delete_item', payload: { source_id: { [CANARY]: CANARY } } },
  async start(settings) {
    const app = await startApp(settings);
    let made = 0;
    return {
      url: app.url,
      room: () => Promise.resolve('all'),
      /** Uploads a file, which publishes that it is added, filled and done. */
      async act() {
        const form = new FormData();
        form.append('file', new Blob(['Points and signals.']), `note-${(made += 1)}.txt`);
        const { status } = await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', body: form });
        expect(status).toBe(201);
      },
      close: () => app.close(),
    };
  },
});
