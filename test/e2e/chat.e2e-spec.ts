import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply } from '@switchyard/contract';
import {
  PAGE,
  QUESTION,
  ask,
  isFrame,
  enter,
  namesOf,
  nextFrame,
  piecesOf,
  startChat,
  type ChatApp,
} from '../chat/chat.app.js';
import { openSocket, openWs } from '../harness/clients.js';

const CLIENT = 'client-0123456789abcdef';
const STEPS = [
  'agent_started',
  'agent_thinking',
  'tool_executing',
  'tool_completed',
  'agent_thinking',
  'agent_thinking',
  'partial_result',
  'new_message',
  'agent_completed',
];

describe('chat without a model', () => {
  let app: ChatApp;
  beforeAll(async () => {
    app = await startChat({ CRAWL_ALLOW_PRIVATE: 'true' });
  });
  afterAll(() => app.close());

  const open = async (auth: object = {}) => openSocket(app.url, '/chat', { auth }).connected();

  it('answers about an indexed page, step by step, and cites it', async () => {
    const session_id = await app.open();
    const socket = await open();
    expect((await enter(socket, session_id)).snapshot).toEqual({ messages: [] });
    const question = await ask(socket, session_id, QUESTION, { correlation_id: 'one' });
    expect(question).toMatchObject({ session_id, content: QUESTION, sender: 'user', correlation_id: 'one' });
    await socket.next('agent_completed');
    expect(namesOf(socket)).toEqual(['session_history', 'new_message', ...STEPS]);
    const answer = (await app.history(session_id)).messages[1]!;
    expect(answer).toMatchObject({ sender: 'agent', agent_type: 'rag', citations: [PAGE] });
    expect(answer.content).toBe(`“A retarder is a brake that belongs to the track.”\n— Retarders (${PAGE.url})`);
    expect(
      piecesOf(socket)
        .map(({ content }) => content)
        .join(''),
    ).toBe(answer.content);
    const [completed] = socket.received.filter(({ event }) => event === 'agent_completed');
    expect(completed!.args[0]).toMatchObject({ agent_name: 'rag', message_id: answer.id, correlation_id: 'one' });
  });

  it('answers about a page that was just crawled', async () => {
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<title>Derails</title><h1>Derails</h1><p>A derail throws a runaway wagon off the rails.</p>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    const crawling = await openSocket(app.url, '/crawl').connected();
    const started = await crawling.call<Reply<{ progress_id: string }>>('start_crawl', { url });
    if (!started.ok) throw new Error(started.error.code);
    await crawling.call('join_crawl', started.data);
    const isOver = (args: unknown[]) => (args[0] as { status: string }).status === 'completed';
    await crawling.waitFor(({ event, args }) => event === 'progress_update' && isOver(args), 'the end of the crawl');
    site.close();

    const ws = await openWs(app.url, '/ws').opened();
    ws.send({ type: 'user_message', payload: { content: 'What is a derail?' } });
    const { content } = (await nextFrame(ws, 'partial_result')).payload as { content: string };
    expect(content).toBe(`“A derail throws a runaway wagon off the rails.”\n— Derails (${url})`);
  });

  it('shows code when the question is about code', async () => {
    const session_id = await app.open();
    const socket = await open();
    await enter(socket, session_id);
    await ask(socket, session_id, 'Show me code for a retarder');
    await socket.next('agent_completed');
    const { messages } = await app.history(session_id);
    expect(messages[1]!.content).toContain('```python\nexit_speed = 1.5\n```');
  });

  it('reports when the index has nothing about the question', async () => {
    const session_id = await app.open();
    const socket = await open();
    await enter(socket, session_id);
    await ask(socket, session_id, 'Who baked the sourdough?');
    await socket.next('agent_completed');
    const answer = (await app.history(session_id)).messages[1]!;
    expect(answer.content).toMatch(/^There is nothing in the index about “Who baked the sourdough\?”/);
    expect(answer).not.toHaveProperty('citations');
  });

  it('answers the messages of a session one after the other', async () => {
    const session_id = await app.open();
    const socket = await open();
    await enter(socket, session_id);
    await Promise.all([1, 2, 3].map((n) => ask(socket, session_id, `${QUESTION} ${n}`, { correlation_id: `m${n}` })));
    for (const n of [1, 2, 3]) {
      const [completed] = await socket.next('agent_completed');
      expect(completed).toMatchObject({ correlation_id: `m${n}` });
    }
    const runs = namesOf(socket).filter((name) => /agent_(started|completed)/.test(name));
    expect(runs).toEqual([1, 2, 3].flatMap(() => ['agent_started', 'agent_completed']));
  });

  it('shows who is typing to those in the room, and stores nothing of it', async () => {
    const session_id = await app.open();
    const [one, two] = [await open(), await open()];
    await enter(one, session_id);
    const before = await enter(two, session_id);
    await one.call('set_typing', { session_id, is_typing: true });
    const args = await two.next('typing');
    expect(args).toEqual([{ session_id, sender: 'user', is_typing: true }, { room: `session_${session_id}` }]);
    expect((await enter(await open(), session_id)).offset).toBe(before.offset);
  });

  it.each<[string, object]>([
    ['blank', { message: ' ' }],
    ['too long', { message: 'a'.repeat(8001) }],
    ['no text', { message: 7 }],
    ['asked about with a context that does not fit', { message: 'a', context: { source_id: 7 } }],
  ])('refuses a message that is %s', async (_what, bad) => {
    const session_id = await app.open();
    const reply = await (await open()).call<Reply>('send_message', { session_id, ...bad });
    expect(reply).toMatchObject({ ok: false, error: { code: 'input.invalid' } });
    expect((await app.history(session_id)).messages).toEqual([]);
  });

  it('reports an unknown session in the form of each wire', async () => {
    const socket = await open();
    const refused = { ok: false, error: { code: 'session.not_found' } };
    expect(await socket.call('join_session', { session_id: 'nobody' })).toMatchObject(refused);
    for (const [call, more] of Object.entries({
      send_message: { message: 'a' },
      stop_agent: {},
      set_typing: { is_typing: true },
    })) {
      expect(await socket.call(call, { session_id: 'nobody', ...more })).toMatchObject(refused);
    }
    for (const path of ['/api/agent-chat/sessions/nobody', '/realtime/rooms/chat/nobody']) {
      const response = await fetch(app.url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'session.not_found' } });
    }
    const ws = await openWs(app.url, '/api/agent-chat/sessions/nobody/ws').opened();
    expect(await ws.closed()).toEqual({ code: 4004, reason: 'session not found' });
    expect(ws.frames).toEqual([]);
  });

  describe('on the old wire of a session', () => {
    const connect = (session_id: string, query = '') =>
      openWs(app.url, `/api/agent-chat/sessions/${session_id}/ws${query}`).opened();

    it('answers a question, citing the page in the text, in frames without citations', async () => {
      const session_id = await app.open();
      const ws = await connect(session_id);
      expect(await ws.next()).toBe(
        `{"type":"connection_confirmed","data":{"session_id":"${session_id}","status":"connected"}}`,
      );
      ws.send({ type: 'message', content: QUESTION });
      expect((await nextFrame(ws, 'message')).data).toMatchObject({ content: QUESTION, sender: 'user' });
      const chunk = await nextFrame(ws, 'stream_chunk');
      const { data } = await nextFrame(ws, 'message');
      expect(Object.keys(data as object)).toEqual(['id', 'session_id', 'content', 'sender', 'timestamp', 'agent_type']);
      expect(data.content).toContain(PAGE.url);
      expect(chunk.data).toEqual({ content: data.content });
      expect(await ws.waitFor(isFrame('stream_complete'))).toBe('{"type":"stream_complete","data":{}}');
      const typing = ws.frames.filter(isFrame('typing'));
      expect(typing[0]).toBe('{"type":"typing","data":{"is_typing":true}}');
    });

    it('sends the past to a client that comes later', async () => {
      const session_id = await app.open();
      const first = await connect(session_id);
      first.send({ type: 'message', content: QUESTION });
      await nextFrame(first, 'stream_complete');
      const later = await connect(session_id);
      await later.waitFor(isFrame('connection_confirmed'));
      const { messages } = await app.history(session_id);
      for (const { citations: _, ...message } of messages) expect((await later.nextJson()).data).toEqual(message);
    });
  });

  it('creates one message for the same correlation_id, on every wire', async () => {
    const session_id = await app.open();
    const socket = await open({ client_id: CLIENT });
    await enter(socket, session_id);
    const first = await ask(socket, session_id, QUESTION, { correlation_id: 'once' });
    const response = await fetch(`${app.url}/realtime/calls/chat/send_message?client_id=${CLIENT}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ correlation_id: 'once', message: QUESTION, session_id }),
    });
    expect(await response.json()).toEqual({ ok: true, data: first });
    const a = await openWs(app.url, `/api/agent-chat/sessions/${session_id}/ws?client_id=${CLIENT}`).opened();
    a.send({ type: 'message', content: QUESTION, correlation_id: 'once' });
    const b = await openWs(app.url, `/ws?client_id=${CLIENT}`).opened();
    b.send({ type: 'user_message', payload: { content: QUESTION, thread_id: session_id }, correlation_id: 'once' });
    b.send({ type: 'user_message', payload: { content: 'another', thread_id: session_id }, correlation_id: 'once' });
    expect((await nextFrame(b, 'error')).payload.code).toBe('call.id_reused');
    await socket.next('agent_completed');
    const { messages } = await app.history(session_id);
    expect(messages.map(({ sender }) => sender)).toEqual(['user', 'agent']);
  });
});
