import type { JoinReply } from '@switchyard/contract';
import { research, researchLegacy, type ResearchState } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { startHeldWeb } from '../sites/web.search.js';
import { CANARY, serviceConformance } from './service.conformance.js';
import { until } from '../harness/until.js';

serviceConformance({
  contract: research,
  root: researchLegacy,
  unknown: 'nobody-knows-this-research',
  badCall: { call: 'start_research', payload: { query: { [CANARY]: CANARY } } },
  async start(settings) {
    const web = await startHeldWeb();
    const app = await startApp({ ...settings, CRAWL_ALLOW_PRIVATE: 'true', WEB_SEARCH_URL: web.url });
    const topics = new Map<string, { topic: string; pages: number }>();
    let made = 0;

    const poll = async (key: string) =>
      (await (await fetch(`${app.url}/realtime/rooms/research/${key}`)).json()) as JoinReply<ResearchState>;

    return {
      url: app.url,
      /** A research that waits for the first page it reads. */
      async room() {
        const topic = `retarder${(made += 1)}`;
        const response = await fetch(`${app.url}/api/research`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: topic }),
        });
        const { research_id } = (await response.json()) as { research_id: string };
        topics.set(research_id, { topic, pages: 1 });
        await web.asked(topic, 1);
        return research_id;
      },
      /** Answers the page that the research waits for; it reports the page before it requests the next one. */
      async act(key) {
        const { topic, pages } = topics.get(key)!;
        topics.set(key, { topic, pages: pages + 1 });
        web.release(topic);
        await web.asked(topic, pages + 1);
      },
      async finish(key) {
        web.release(topics.get(key)!.topic, true);
        await until('the research completed', async () => (await poll(key)).snapshot!.status === 'completed');
      },
      async close() {
        await app.close();
        await web.close();
      },
    };
  },
});
