import { equal } from 'node:assert/strict';
import { SINGLE_ROOM_KEY } from '@switchyard/contract';
import { knowledge, type KnowledgePage } from '@switchyard/services';
import { call, type BusyService } from './busy.service.js';

let made = 0;

/** Uploads texts one by one. */
export const busy: BusyService = {
  contract: knowledge,
  async start(server) {
    const acknowledged: string[] = [];
    return {
      key: SINGLE_ROOM_KEY,
      async act() {
        const name = `busy-${(made += 1)}.md`;
        const form = new FormData();
        form.set(
          'file',
          new Blob([`# Text ${made}\n\nPoints and signals of yard ${made}.`], { type: 'text/markdown' }),
          name,
        );
        const response = await fetch(`${server.url}/api/knowledge-items/upload`, { method: 'POST', body: form });
        if (!response.ok) throw new Error(`upload: ${response.status}`);
        acknowledged.push(name);
      },
      async check() {
        for (const name of acknowledged) {
          const found = await call<KnowledgePage>(server, knowledge, 'list_items', { q: name });
          equal(found.items.filter(({ metadata }) => metadata.file_name === name).length, 1, `${name} is there once`);
        }
      },
    };
  },
};
