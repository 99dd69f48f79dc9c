import type { ErrorBody, Reply } from '@switchyard/contract';
import { expectRefusal, CANARY } from '../conformance/service.conformance.js';
import { legacyWire } from '../conformance/legacy.wire-client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { INNER_SECRET, boardLegacy, type board, type Note } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const CLIENT = 'client-0123456789abcdef';

describe('the call dispatcher', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys();
  });
  afterAll(() => toys.close());

  const overHttp = async (call: string, payload: unknown, client = CLIENT): Promise<Reply> => {
    const response = await fetch(`${toys.url}/realtime/calls/board/${call}?client_id=${client}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return (await response.json()) as Reply;
  };
  const openBoard = (client = CLIENT) => openSocket(toys.url, '/board', { auth: { client_id: client } }).connected();

  describe.each(['socketio', 'polling', 'legacy'] as const)('on the %s wire', (wire) => {
    const caller = async () => {
      if (wire === 'polling') return overHttp;
      if (wire === 'socketio') {
        const socket = await openBoard();
        return (call: string, payload: unknown) => socket.call<Reply>(call, payload);
      }
      const client = legacyWire<typeof board>(boardLegacy).connect(toys.url);
      await client.join(toys.board.open(`board-of-${wire}`));
      return (call: string, payload: unknown) => client.call(call, payload);
    };

    it('answers a handler that throws with call.failed, and reveals nothing of the error', async () => {
      const reply = await (await caller())('fail', { text: CANARY });
      expectRefusal(reply, 'call.failed');
      expect(JSON.stringify(reply)).not.toContain(INNER_SECRET);
      expect(JSON.stringify(reply)).not.toContain('.ts');
    });

    it('passes on the code of a fault that a handler throws', async () => {
      expectRefusal(await (await caller())('refuse', {}), 'room.forbidden');
    });

    it('refuses a call that names a room of somebody else', async () => {
      expectRefusal(await (await caller())('post', { board_id: 'forbidden-1', text: CANARY }), 'room.forbidden');
    });

    it('refuses a payload that does not fit and names the field', async () => {
      const reply = await (await caller())('post', { board_id: 'b', text: CANARY.repeat(20) });
      expectRefusal(reply, 'input.invalid');
      expect(JSON.stringify(reply)).toContain('text');
    });

    it('refuses a payload of thousands of levels as input.invalid', async () => {
      const text = JSON.parse('['.repeat(3000) + ']'.repeat(3000)) as unknown;
      expectRefusal(await (await caller())('post', { board_id: 'b', text }), 'input.invalid');
    });

    it.each(['nothing', 'constructor', '__proto__'])('answers the unknown call %s', async (name) => {
      expectRefusal(await (await caller())(name, { text: CANARY }), 'call.unknown');
    });
  });

  it('sends service_error to a client that gave no ack function', async () => {
    const socket = await openBoard();
    socket.socket.emit('post', { board_id: 'b', text: [CANARY] });
    const [error] = await socket.next('service_error');
    expectRefusal({ ok: false, error: error as never }, 'input.invalid');
  });

  it('answers a call whose handler returns nothing', async () => {
    const { fail } = toys.board;
    toys.board.fail = () => undefined as never;
    expect(await (await openBoard()).call('fail', {})).toEqual({ ok: true, data: null });
    expect(await overHttp('fail', {})).toEqual({ ok: true, data: null });
    toys.board.fail = fail;
  });

  it('answers a call whose handler returns a value that no wire can carry', async () => {
    const endless: Record<string, unknown> = {};
    endless.self = endless;
    const socket = await openBoard();
    const { fail } = toys.board;
    for (const returned of [{ amount: 1n }, endless]) {
      toys.board.fail = () => returned;
      expectRefusal(await socket.call<Reply>('fail', {}), 'call.failed');
    }
    toys.board.fail = fail;
  });

  it('answers a call without payload', async () => {
    const socket = await openBoard();
    expectRefusal(await socket.call<Reply>('post'), 'input.invalid');
  });

  it('drops undeclared fields', async () => {
    const board_id = toys.board.open('undeclared');
    const reply = await overHttp('post', { board_id, text: 'hello', admin: true });
    expect(reply).toEqual({ ok: true, data: { id: 1, text: 'hello' } });
  });

  it('runs a call once however often its correlation_id comes, even over two wires at once', async () => {
    const board_id = toys.board.open('repeats');
    const socket = await openBoard();
    const before = toys.board.runs;
    const payload = { board_id, text: 'once', correlation_id: 'c-1' };
    const calls = Array.from({ length: 100 }, (_, n) =>
      n % 2 ? overHttp('post', payload) : socket.call<Reply>('post', payload),
    );
    const replies = await Promise.all(calls);
    expect(toys.board.runs - before).toBe(1);
    expect(new Set(replies.map((reply) => JSON.stringify(reply)))).toEqual(
      new Set([JSON.stringify({ ok: true, data: { id: 1, text: 'once' } })]),
    );
    expect(toys.board.boards.get(board_id)).toHaveLength(1);
  });

  it('refuses a correlation_id that comes back with another payload', async () => {
    const board_id = toys.board.open('reused');
    await overHttp('post', { board_id, text: 'first', correlation_id: 'c-2' });
    expectRefusal(await overHttp('post', { board_id, text: 'second', correlation_id: 'c-2' }), 'call.id_reused');
  });

  it('keeps a correlation_id for each client, so that two may use the same', async () => {
    const board_id = toys.board.open('per-client');
    await overHttp('post', { board_id, text: 'same', correlation_id: 'c-3' });
    const reply = await overHttp('post', { board_id, text: 'same', correlation_id: 'c-3' }, 'another-0123456789abcdef');
    expect((reply as { data: Note }).data.id).toBe(2);
  });

  it('does not remember a refusal before the handler', async () => {
    const board_id = toys.board.open('corrected');
    expectRefusal(await overHttp('post', { board_id, text: 7, correlation_id: 'c-4' }), 'input.invalid');
    expect((await overHttp('post', { board_id, text: 'seven', correlation_id: 'c-4' })).ok).toBe(true);
  });

  it('answers an old connection that sends too much for a call, and cuts one that sends more than is read', async () => {
    const key = toys.board.open('large');
    const ws = await openWs(toys.url, `/api/boards/${key}/ws`).opened();
    expect(await ws.nextJson()).toEqual({ type: 'notes', data: [] });
    ws.send({ type: 'post', text: 'x'.repeat(100_000) });
    expect(await ws.nextJson()).toEqual({ type: 'error', code: 'payload.too_large' });
    ws.send({ type: 'post', text: 'short' });
    expect(await ws.nextJson()).toEqual({ type: 'note', data: { id: 1, text: 'short' } });
    ws.send({ type: 'post', text: 'x'.repeat(1_000_000) });
    expect((await ws.closed()).code).toBe(1009);
  });

  it('refuses a body of too many levels as too large', async () => {
    const body = '['.repeat(40_000) + ']'.repeat(40_000);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${toys.url}/realtime/calls/board/post`, { method: 'POST', headers, body });
    expect(response.status).toBe(413);
    expectRefusal((await response.json()) as Reply, 'payload.too_large');
  });

  it.each([
    ['encoding', { 'content-type': 'application/json', 'content-encoding': 'unheard-of' }, 'input.invalid'],
    ['charset', { 'content-type': 'application/json; charset=unheard-of' }, 'input.invalid'],
    ['type', { 'content-type': 'application/xml' }, 'input.invalid'],
    ['size', { 'content-type': 'application/json' }, 'payload.too_large'],
  ])('refuses a body of an unknown %s as a mistake of the sender', async (what, headers, code) => {
    const body = JSON.stringify({ board_id: 'b', text: what === 'size' ? CANARY.repeat(100_000) : 'hello' });
    const response = await fetch(`${toys.url}/realtime/calls/board/post`, { method: 'POST', headers, body });
    expect(response.status).toBe(code === 'input.invalid' ? 400 : 413);
    const { error } = (await response.json()) as { error: ErrorBody };
    expect(error.code).toBe(code);
  });

  it.each([
    ['an unknown service', '/realtime/calls/nothing/post', 404, 'service.unknown'],
    ['a broken body', '/realtime/calls/board/post', 400, 'input.invalid'],
  ])('answers %s over HTTP with its status', async (_what, path, status, code) => {
    const response = await fetch(toys.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{' + CANARY,
    });
    expect(response.status).toBe(code === 'input.invalid' ? status : 400);
    const body = await response.text();
    expect(body).not.toContain(CANARY);
  });
});
