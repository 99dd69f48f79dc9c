import { defineService, jsonRpcRequests, requestTopics, type ErrorBody, type Reply } from './index.js';

interface ValveTypes {
  room: { valve: string };
  calls: {
    turn: { payload: { valve: string; to: number }; reply: object };
    list: { payload: object; reply: string[] };
  };
  events: { turned: { to: number } };
  snapshot: { to: number };
}

const valves = defineService<ValveTypes>()({
  name: 'valves',
  kind: 'log',
  room: { prefix: 'valve', key: 'valve' },
  calls: { turn: {}, list: {} },
  events: { turned: {} },
});
const names = { path: '/valves', subscribe: 'watch', unsubscribe: 'forget', calls: { list: 'all' } };
const encodeEvent = ({ payload }: { payload: object }) => ({ ...payload });
const encodeAnswer = (reply: Reply, { request_id: id }: { request_id?: unknown }) =>
  reply.ok ? { id, data: reply.data } : { id, code: reply.error.code };
const codec = requestTopics(valves, {
  ...names,
  encodeEvent,
  encodeAnswer,
  answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
  authentication: { credentialIn: () => undefined },
});
const context = { session_id: 'c', now: '', query: {} };
const asked = { ...context, request_id: 7 };
const room = { ...context, key: 'a', topic: 'a' };
const error = (code: string, details?: Record<string, unknown>): ErrorBody =>
  ({ error: 'Out of water', code, recoverable: false, ...(details && { details }) }) as ErrorBody;
const refusal = (code: string, details?: Record<string, unknown>): Reply => ({
  ok: false,
  error: error(code, details),
});

describe('a socket whose clients send named requests', () => {
  const { socket } = codec;

  it('reads subscriptions and calls by their names, with the key of the room as their topic', () => {
    expect(socket.decode({ id: 1, type: 'watch', valve: 'a' }, context)).toEqual({ kind: 'subscribe', topics: ['a'] });
    expect(socket.decode({ type: 'forget', valve: 5 }, context)).toEqual({ kind: 'unsubscribe', topics: [5] });
    const turn = { id: 1, type: 'turn', valve: 'a', to: 3 };
    expect(socket.decode(turn, context)).toEqual({ kind: 'call', frame: turn, topic: 'a' });
    expect(codec.decodeCall!(turn, context)).toEqual({ call: 'turn', payload: { valve: 'a', to: 3 } });
    expect(socket.decode({ type: 'all' }, context)).toEqual({ kind: 'call', frame: { type: 'all' } });
    expect(codec.decodeCall!({ type: 'all' }, context)).toEqual({ call: 'list', payload: {} });
    expect(socket.requestId!(turn)).toBe(1);
  });

  it.each([{ type: 'list' }, { type: 'constructor' }, { type: {} }, {}])('refuses %j by its name', (frame) => {
    const { type } = frame as { type?: unknown };
    expect(() => socket.decode(frame, context)).toThrow(
      expect.objectContaining({ code: 'call.unknown', details: { call: type } }),
    );
  });

  it('refuses a text that is no request, and answers one of its own also before authentication', () => {
    expect(() => socket.decode('hello', context)).toThrow(expect.objectContaining({ code: 'input.invalid' }));
    expect(socket.decode('ping', context)).toEqual({ kind: 'answer', frame: 'pong' });
    expect(socket.authentication!.answer!('ping', { ...context, params: {} })).toBe('pong');
  });

  it('answers each request once: with a state, a reply, the end of a subscription, or an error', () => {
    expect(codec.encodeSnapshot!({ to: 3 }, { ...room, request_id: 7 })).toEqual([{ id: 7, data: { to: 3 } }]);
    const call = { call: 'list', payload: {} } as const;
    expect(codec.encodeReply!(call, { ok: true, data: ['a'] }, asked)).toEqual({ id: 7, data: ['a'] });
    expect(socket.encodeUnsubscribed!([{ topic: 'a', wasSubscribed: true }], asked)).toEqual([{ id: 7, data: {} }]);
    expect(socket.encodeError(error('topic.unknown'), asked)).toEqual({ id: 7, code: 'topic.unknown' });
  });

  it('answers no request with the snapshot after lost events', () =>
    expect(codec.encodeSnapshot!({ to: 3 }, room)).toEqual([]));

  it('cannot be made for names that are given twice, or a service with one room', () => {
    const options = { ...names, encodeEvent, encodeAnswer };
    for (const list of ['watch', 'turn']) {
      expect(() => requestTopics(valves, { ...options, calls: { list } })).toThrow(
        'unable to tell the requests of valves apart; two have the same name',
      );
    }
    const single = defineService<ValveTypes>()({
      ...valves,
      room: { name: 'all' },
      calls: { list: {}, turn: {} },
      events: { turned: {} },
    });
    expect(() => requestTopics(single, { ...options, calls: {} })).toThrow(
      'unable to find topics in requests; the room of valves has no key',
    );
  });
});

describe('a socket whose requests are JSON-RPC 2.0', () => {
  const rpc = jsonRpcRequests(({ code }, { topic: id }) =>
    code === 'room.not_found' ? { code: -32004, message: 'No such valve', data: { id } } : undefined,
  );
  const frames = (reply: Reply, request_id?: string) =>
    JSON.stringify(rpc.encodeAnswer(reply, { ...context, topic: 'a', ...(request_id && { request_id }) }));

  it('reads the method and its params', () => {
    expect(rpc.read({ jsonrpc: '2.0', method: 'turn', params: { to: 3 } })).toEqual({
      name: 'turn',
      fields: { to: 3 },
    });
    expect(rpc.read({ jsonrpc: '2.0', method: 'turn', params: null })).toEqual({ name: 'turn', fields: {} });
  });

  it.each(['turn', {}, { jsonrpc: '1.0', method: 'turn' }, { jsonrpc: '2.0', method: 1 }])(
    'refuses %j, which is no request',
    (frame) => expect(() => rpc.read(frame)).toThrow(expect.objectContaining({ code: 'input.invalid' })),
  );

  it('answers in the words of the specification, or in those of the product', () => {
    expect(frames({ ok: true, data: 3 }, 'x')).toBe('{"jsonrpc":"2.0","result":3,"id":"x"}');
    const problems = [
      refusal('call.unknown', { call: 'dance' }),
      refusal('input.invalid', { fields: [] }),
      refusal('call.failed'),
      refusal('store.unavailable'),
      refusal('room.not_found'),
    ].map((reply) => frames(reply, 'x'));
    expect(problems).toEqual([
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":"x"}',
      '{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":"x"}',
      '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":"x"}',
      '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Out of water"},"id":"x"}',
      '{"jsonrpc":"2.0","error":{"code":-32004,"message":"No such valve","data":{"id":"a"}},"id":"x"}',
    ]);
    const [parse] = rpc.unreadable({ isBinary: false, isJson: false, text: '{', bytes: 1 }, { now: '' })!.frames!;
    expect(parse).toEqual({ jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null });
  });

  it('answers a notification only when it is no request', () => {
    expect(frames({ ok: true, data: 3 })).toBeUndefined();
    expect(frames(refusal('room.not_found'))).toBeUndefined();
    expect(frames(refusal('input.invalid', { expected: 'a request' }))).toBe(
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}',
    );
  });
});
