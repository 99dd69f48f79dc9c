import { SignJWT } from 'jose';
import { PAGE, QUESTION, isFrame, nextFrame, startChat, type ChatApp } from '../chat/chat.app.js';
import { openWs } from '../harness/clients.js';

const SECRET = 'a-secret-of-thirty-two-characters-or-more';
const CLIENT = 'client-0123456789abcdef';

const tokenOf = (user: string) => {
  return new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(user).sign(new TextEncoder().encode(SECRET));
};

describe('the agents\u2019 old WebSocket', () => {
  let app: ChatApp;
  beforeAll(async () => {
    app = await startChat({ JWT_SECRET: SECRET });
  });
  afterAll(() => app.close());

  const connect = async (query = '') => {
    const ws = await openWs(app.url, `/ws${query}`).opened();
    await nextFrame(ws, 'connection_established');
    return ws;
  };
  const refusal = async (ws: Awaited<ReturnType<typeof connect>>, frame: unknown) => {
    ws.send(frame);
    return nextFrame(ws, 'error');
  };

  it('greets, and answers a ping with the same id', async () => {
    const ws = await openWs(app.url, '/ws').opened();
    const greeting = await ws.next();
    const { timestamp } = JSON.parse(greeting) as { timestamp: string };
    expect(greeting).toBe(
      `{"type":"connection_established","payload":{},"timestamp":"${timestamp}","correlation_id":null}`,
    );
    expect(new Date(timestamp).toISOString()).toBe(timestamp);
    ws.send({ type: 'ping', payload: {}, timestamp, correlation_id: 'p-1' });
    expect(await nextFrame(ws, 'pong')).toMatchObject({ payload: {}, correlation_id: 'p-1' });
  });

  it('opens a thread for a message without one, and answers in it, citing the page in the text', async () => {
    const ws = await connect(`?client_id=${CLIENT}`);
    const frame = { type: 'user_message', payload: { content: QUESTION }, correlation_id: 'q-1' };
    ws.send(frame);
    const started = await nextFrame(ws, 'agent_started');
    const { run_id, thread_id } = started.payload as { run_id: string; thread_id: string };
    expect(started).toMatchObject({ payload: { agent_name: 'rag' }, correlation_id: 'q-1' });
    const piece = await nextFrame(ws, 'partial_result');
    expect(piece).toEqual({
      type: 'partial_result',
      payload: { run_id, agent_name: 'rag', index: 0, content: expect.stringContaining(PAGE.url) },
      timestamp: expect.any(String),
      correlation_id: 'q-1',
    });
    const { payload } = await nextFrame(ws, 'agent_completed');
    const { messages } = await app.history(thread_id);
    expect(messages.map(({ id }) => id)).toEqual([expect.any(String), payload.message_id]);
    const types = ws.frames.map((text) => (JSON.parse(text) as { type: string }).type);
    expect(types.filter((type) => type === 'message' || type === 'new_message' || type === 'typing')).toEqual([]);

    // A repeat is the same message, in the same thread.
    ws.send(frame);
    ws.send({ type: 'user_message', payload: { content: QUESTION, thread_id }, correlation_id: 'q-2' });
    expect(await nextFrame(ws, 'agent_started')).toMatchObject({ payload: { thread_id }, correlation_id: 'q-2' });
    await nextFrame(ws, 'agent_completed');
    expect((await app.history(thread_id)).messages).toHaveLength(4);
  });

  it('carries several threads, and answers in the order of their questions', async () => {
    const [one, two] = [await app.open(), await app.open()];
    const ws = await connect();
    for (const thread_id of [one, two, one])
      ws.send({ type: 'agent_request', payload: { content: QUESTION, thread_id } });
    const threads = new Set<string>();
    for (let runs = 0; runs < 3; runs += 1) {
      threads.add(((await nextFrame(ws, 'agent_started')).payload as { thread_id: string }).thread_id);
    }
    expect(threads).toEqual(new Set([one, two]));
    for (let runs = 0; runs < 3; runs += 1) await nextFrame(ws, 'agent_completed');
    expect((await app.history(one)).messages).toHaveLength(4);
  });

  it('receives the messages of others in its own threads, and in no other', async () => {
    const [thread_id, elsewhere] = [await app.open(), await app.open()];
    const [ws, other] = [await connect(), await connect()];
    ws.send({ type: 'user_message', payload: { content: QUESTION, thread_id }, correlation_id: 'own' });
    expect(await nextFrame(ws, 'agent_started')).toMatchObject({ correlation_id: 'own' });
    await nextFrame(ws, 'agent_completed');
    other.send({ type: 'user_message', payload: { content: QUESTION, thread_id: elsewhere }, correlation_id: 'away' });
    await nextFrame(other, 'agent_completed');
    other.send({ type: 'user_message', payload: { content: QUESTION, thread_id }, correlation_id: 'here' });
    expect(await nextFrame(ws, 'agent_started')).toMatchObject({ correlation_id: 'here' });
    expect(ws.frames.some((text) => text.includes('"away"'))).toBe(false);
  });

  it.each<[string, unknown, string, string | null]>([
    ['that is not JSON', 'SECRET', 'input.invalid', null],
    ['that is no object', '["SECRET"]', 'input.invalid', null],
    ['without a type', { payload: { content: 'SECRET' }, correlation_id: 'e-1' }, 'input.invalid', 'e-1'],
    ['of an unknown type', { type: 'SECRET', correlation_id: 'e-2' }, 'input.invalid', 'e-2'],
    [
      'whose type is a name every object has',
      { type: 'constructor', payload: {}, correlation_id: 'e-3' },
      'input.invalid',
      'e-3',
    ],
    [
      'with no content',
      { type: 'user_message', payload: { SECRET: 1 }, correlation_id: 'e-4' },
      'input.invalid',
      'e-4',
    ],
    [
      'for a thread nobody knows',
      { type: 'user_message', payload: { content: 'SECRET', thread_id: 'nobody' }, correlation_id: 'e-5' },
      'session.not_found',
      'e-5',
    ],
    [
      'for a thread whose name can be none',
      { type: 'user_message', payload: { content: 'SECRET', thread_id: { a: 1 } }, correlation_id: 'e-6' },
      'input.invalid',
      'e-6',
    ],
    [
      'whose id is a number',
      { type: 'user_message', payload: { content: 'SECRET' }, correlation_id: 8 },
      'input.invalid',
      null,
    ],
    [
      'with an agent type that is no text',
      { type: 'user_message', payload: { content: 'SECRET', agent_type: 0 }, correlation_id: 'e-9' },
      'input.invalid',
      'e-9',
    ],
    [
      'over its limit in bytes',
      { type: 'user_message', payload: { content: 'SECRET'.repeat(60_000) }, correlation_id: 'e-7' },
      'payload.too_large',
      'e-7',
    ],
  ])(
    'refuses a frame %s with its code and id, echoes nothing of it, and stays open',
    async (_what, frame, code, id) => {
      const ws = await connect();
      const error = await refusal(ws, frame);
      expect(Object.keys(error)).toEqual(['type', 'payload', 'timestamp', 'correlation_id']);
      expect(Object.keys(error.payload as object)).toEqual(['code', 'error', 'timestamp', 'recoverable', 'help']);
      expect(error).toMatchObject({ payload: { code }, correlation_id: id });
      expect(JSON.stringify(error)).not.toContain('SECRET');
      ws.send({ type: 'ping' });
      await nextFrame(ws, 'pong');
    },
  );

  it('reads a binary frame as JSON', async () => {
    const ws = await connect();
    ws.ws.send(Buffer.from('{"type":"ping"}'));
    await nextFrame(ws, 'pong');
    ws.ws.send(Buffer.from([0xff, 0xfe]));
    expect((await nextFrame(ws, 'error')).payload.code).toBe('input.invalid');
  });

  it('checks the token of the query before the upgrade', async () => {
    const { status, body } = await openWs(app.url, '/ws?token=nonsense').refused();
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'auth.invalid' } });
    await connect(`?token=${await tokenOf('ada')}`);
  });

  it('shows a thread only to the user who opened it', async () => {
    const ada = await connect(`?token=${await tokenOf('ada')}`);
    ada.send({ type: 'user_message', payload: { content: QUESTION } });
    const { thread_id } = (await nextFrame(ada, 'agent_started')).payload as { thread_id: string };
    const bob = await connect(`?token=${await tokenOf('bob')}`);
    const error = await refusal(bob, { type: 'user_message', payload: { content: QUESTION, thread_id } });
    expect(error.payload.code).toBe('room.forbidden');
    await nextFrame(ada, 'agent_completed');
    expect(bob.frames.some(isFrame('agent_started'))).toBe(false);
    const asBob = { authorization: `Bearer ${await tokenOf('bob')}` };
    const response = await fetch(`${app.url}/api/agent-chat/sessions/${thread_id}`, { headers: asBob });
    expect(response.status).toBe(403);
  });

  it('is described at /ws/config', async () => {
    const config = (await (await fetch(`${app.url}/ws/config`)).json()) as Record<string, any>;
    expect(config.websocket_config).toMatchObject({
      version: '1.0',
      endpoint: '/ws',
      max_connections_per_user: 5,
      max_message_rate: expect.any(Number),
      heartbeat_interval: 30_000,
      features: { json_first: true, auth_required: false, heartbeat_supported: true, reconnection_supported: true },
    });
    expect(config.services.chat).toMatchObject({ legacy_path: '/api/agent-chat/sessions/:session_id/ws' });
  });

  it('is closed when the server restarts', async () => {
    const restarting = await startChat();
    const ws = await openWs(restarting.url, '/ws').opened();
    await nextFrame(ws, 'connection_established');
    await restarting.close();
    expect((await ws.closed()).code).toBe(1012);
  });
});
