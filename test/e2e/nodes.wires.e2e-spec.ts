import type { LoggedEvent, Reply, RootFrame } from '@switchyard/contract';
import { chat, research, researchLegacy, type ResearchProgress } from '@switchyard/services';
import { QUESTION, isFrame, nextFrame, startChat, type ChatApp } from '../chat/chat.app.js';
import { pollingWire } from '../conformance/polling.wire-client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { rest } from '../projects/rest.js';
import { startHeldWeb } from '../sites/web.search.js';

/** The old wires with more than one room on a socket; the conformance suite checks the others. */
describe('an old wire with many rooms on two nodes', () => {
  let redis: TestRedis;
  let web: Awaited<ReturnType<typeof startHeldWeb>>;
  let nodes: [ChatApp, ChatApp];
  beforeAll(async () => {
    [redis, web] = await Promise.all([TestRedis.start(), startHeldWeb()]);
    const settings = { REDIS_URL: redis.url, WEB_SEARCH_URL: web.url, CRAWL_ALLOW_PRIVATE: 'true' };
    nodes = await Promise.all([startChat(settings), startChat(settings)]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await web.close();
    await redis.stop();
  });

  it('receives the answer of an agent on the other node, in the order of the log', async () => {
    const [a, b] = nodes;
    const thread_id = await a.open();
    const ws = await openWs(b.url, '/ws').opened();
    await nextFrame(ws, 'connection_established');
    ws.send({ type: 'user_message', payload: { content: QUESTION, thread_id } });
    await nextFrame(ws, 'agent_completed');
    const before = ws.frames.length;
    const log = pollingWire(chat).connect(a.url);
    const since = await log.join(thread_id);
    const ask = { session_id: thread_id, message: 'And what of the rail?' };
    await rest(a.url, 'POST', '/realtime/calls/chat/send_message', ask);
    await ws.waitFor(isFrame('agent_completed'), 'the end of the answer');
    const { events } = await log.join(thread_id, since);
    const later = ws.frames.slice(before).map((text) => (JSON.parse(text) as { type: string }).type);
    expect(later).toEqual(events!.map(({ event }) => event).filter((event) => event !== 'new_message'));
  });

  it('receives the events of a research on the other node, under their old names', async () => {
    const [a, b] = nodes;
    const { body } = await rest<Reply<{ research_id: string }>>(
      a.url,
      'POST',
      '/realtime/calls/research/start_research',
      { query: 'retarders', engines: ['web'] },
    );
    if (!body.ok) throw new Error(body.error.code);
    const { research_id } = body.data;
    await web.asked('retarders', 1);
    const old = await openSocket(b.url).connected();
    old.socket.emit('subscribe_to_research', { research_id });
    await old.next<[ResearchProgress]>(`research_progress_${research_id}`);
    const log = pollingWire(research).connect(a.url);
    const since = await log.join(research_id);
    const before = old.received.length;
    web.release('retarders', true);
    const isEnd = ({ event, args }: { event: string; args: unknown[] }) =>
      event.startsWith('research_') && (args[0] as ResearchProgress).status === 'completed';
    await old.waitFor(isEnd, 'the end');
    const { events } = await log.join(research_id, since);
    const framesOf = ({ event, payload }: LoggedEvent): readonly RootFrame[] =>
      researchLegacy.encodeEvent({ event, payload } as never, { key: research_id, session_id: '', now: '' });
    const later = old.received.slice(before).map(({ event, args: [payload] }) => ({ event, payload }));
    expect(later).toEqual(events!.flatMap(framesOf));
  });
});
