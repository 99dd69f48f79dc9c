import { formatPosition, type JoinReply, type Reply } from '@switchyard/contract';
import { projectCreation, projectCreationLegacy, type CreationProgress } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { ModelServer, type ModelExchange } from '../model/model.server.js';
import { rest } from '../projects/rest.js';
import { CANARY, serviceConformance } from './service.conformance.js';
import { until } from '../harness/until.js';

/** A creation that waits for its model, which answers piece by piece on the test's command. */
interface Held {
  exchange: ModelExchange;
  /** The number of characters sent. */
  said: number;
}

serviceConformance({
  contract: projectCreation,
  codec: projectCreationLegacy,
  unknown: 'nobody-knows-this-creation',
  badCall: { call: 'create_project', payload: { title: [CANARY] } },
  async start(settings) {
    const model = await ModelServer.start();
    const { url, close } = await startApp({ ...settings, MODEL_URL: model.url });
    const held = new Map<string, Held>();

    const poll = async (key: string, since?: JoinReply) => {
      const query = since ? `?since=${formatPosition(since)}` : '';
      return (await rest<JoinReply<CreationProgress>>(url, 'GET', `/realtime/rooms/project-creation/${key}${query}`))
        .body;
    };
    /** Stored progress is in the log, so a stored creation publishes nothing until the model continues. */
    const untilThere = (key: string, there: (progress: CreationProgress) => boolean) =>
      until('the creation further on', async () => there((await poll(key)).snapshot!));
    const finish = async (key: string) => {
      held.get(key)?.exchange.say('- Lay tracks').finish();
      held.delete(key);
      await untilThere(key, ({ status }) => status === 'completed');
    };

    return {
      url,
      async room() {
        // The number of concurrent creations is limited.
        for (const key of held.keys()) await finish(key);
        const asked = model.next();
        const call = '/realtime/calls/project-creation/create_project';
        const { body } = await rest<Reply<{ progress_id: string }>>(url, 'POST', call, { title: 'Yard' });
        if (!body.ok) throw new Error(body.error.code);
        const { progress_id } = body.data;
        held.set(progress_id, { exchange: await asked, said: 0 });
        await untilThere(progress_id, ({ step }) => step === 'ai_generation');
        return progress_id;
      },
      async act(key) {
        const one = held.get(key)!;
        one.exchange.say('\n');
        one.said += 1;
        await untilThere(key, ({ message }) => message!.includes(` ${one.said} `));
      },
      finish,
      async close() {
        await close();
        await model.close();
      },
    };
  },
});
