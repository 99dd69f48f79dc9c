import type { MigrationAnswer, MigrationState, MigrationStatus, RealtimeConfig } from '@switchyard/contract';
import { Stages } from '@switchyard/server';
import { openSocket, openWs } from '../harness/clients.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { AdminClient } from '../harness/admin.client.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('the migration of a service', () => {
  let file: TestFlagFile;
  let toys: ToyApp;
  beforeEach(async () => {
    file = await TestFlagFile.of({ board: { stage: 'canary', percent: 30 }, meter: { stage: 'socketio' } });
    toys = await startToys({ flagsFile: file.path });
  });
  afterEach(async () => {
    await toys.close();
    await file.remove();
  });

  const admin = async (path: string, body?: object, token?: string) => {
    const answer = await new AdminClient(toys.url, 'ada', token).ask(path, body);
    return { status: answer.status, body: answer.body as never };
  };
  const config = async (client: string): Promise<RealtimeConfig> =>
    (await (await fetch(`${toys.url}/realtime/config?client_id=${client}`)).json()) as RealtimeConfig;
  const clientId = (n: number) => `client-number-${String(n).padStart(6, '0')}`;
  const onSocketIo = async (count: number) => {
    const wires = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const caller = { key: `client:${clientId(n)}`, client_id: clientId(n) };
        return [n, await toys.get(Stages).wire('board', caller)] as const;
      }),
    );
    return new Set(wires.filter(([, wire]) => wire === 'socketio').map(([n]) => n));
  };

  it('begins at the stage in the flag file, and at legacy without one', async () => {
    const { body } = await admin('');
    expect(body).toEqual({
      services: [
        expect.objectContaining({ service: 'board', stage: 'canary', percent: 30, closed: false, held: false }),
        expect.objectContaining({ service: 'meter', stage: 'socketio', percent: 100 }),
        expect.objectContaining({ service: 'shelf', stage: 'legacy', percent: 0, updated_by: 'flags' }),
      ],
    });
  });

  it('tells every client its wire and all addresses', async () => {
    const { version, services, client_id } = await config(clientId(1));
    expect({ version, client_id }).toEqual({ version: '1.0', client_id: clientId(1) });
    expect(services.meter).toEqual({
      wire: 'socketio',
      stage: 'socketio',
      namespace: '/meter',
      legacy_path: '/api/meters/:meter_id/ws',
      poll_path: '/realtime/rooms/meter',
      wires: {
        socketio: '/meter',
        legacy: '/api/meters/:meter_id/ws',
        polling: '/realtime/rooms/meter',
        sse: '/realtime/events/meter',
      },
    });
    expect(services.shelf!.wire).toBe('legacy');
  });

  it("puts the canary's share on Socket.IO, keeps each client where it is, and only adds as the share grows", async () => {
    const at30 = await onSocketIo(2000);
    expect(at30.size).toBeGreaterThan(2000 * 0.25);
    expect(at30.size).toBeLessThan(2000 * 0.35);
    expect(await onSocketIo(2000)).toEqual(at30);
    await admin('/board', { stage: 'canary', percent: 60, reason: 'looks good' });
    const at60 = await onSocketIo(2000);
    expect([...at30].filter((n) => !at60.has(n))).toEqual([]);
    expect(at60.size).toBeGreaterThan(at30.size);
    const [member] = at30;
    expect((await config(clientId(member!))).services.board!.wire).toBe('socketio');
  });

  it('accepts a share that is not a whole number', async () => {
    const at30 = await onSocketIo(2000);
    await admin('/board', { stage: 'canary', percent: 30.5, reason: 'a little more' });
    const at30half = await onSocketIo(2000);
    expect([...at30].filter((n) => !at30half.has(n))).toEqual([]);
    expect(at30half.size).toBeLessThan(2000 * 0.35);
    await admin('/board', { stage: 'canary', percent: 99.999, reason: 'all but a few' });
    expect((await onSocketIo(200)).size).toBe(200);
  });

  it('advises a user the same wire on every device and route', async () => {
    const wiresOf = async (token: string, client: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const config = await fetch(`${toys.url}/realtime/config?client_id=${client}`, { headers });
      const body = JSON.stringify({ rooms: [{ service: 'board', key: 'b' }] });
      const poll = await fetch(`${toys.url}/realtime/rooms?client_id=${client}`, { method: 'POST', headers, body });
      const { services } = (await config.json()) as RealtimeConfig;
      const { wires } = (await poll.json()) as { wires: Record<string, string> };
      return [services.board!.wire, wires.board!];
    };
    const advised = new Set<string>();
    for (let user = 0; user < 20; user += 1) {
      const wires = [...(await wiresOf(`user-${user}`, clientId(1))), ...(await wiresOf(`user-${user}`, clientId(2)))];
      expect(new Set(wires).size).toBe(1);
      advised.add(wires[0]!);
    }
    expect(advised).toEqual(new Set(['legacy', 'socketio']));
  });

  it('keeps a client that has no id out of the canary', async () => {
    await admin('/board', { stage: 'canary', percent: 100, reason: 'all' });
    expect((await config('short')).services.board!.wire).toBe('legacy');
  });

  it('moves one step forward, with a user and a reason, and back to any earlier stage', async () => {
    const moved = await admin('/shelf', { stage: 'shadow', reason: 'compare first' });
    expect(moved.status).toBe(200);
    expect(moved.body).toEqual(
      expect.objectContaining({
        service: 'shelf',
        stage: 'shadow',
        updated_by: 'ada',
        reason: 'compare first',
      } satisfies Partial<MigrationState>),
    );
    const { warning: _lostWithTheProcess, ...state } = moved.body as MigrationAnswer;
    expect((await admin('/shelf')).body).toMatchObject(state);
    expect((await admin('/meter', { stage: 'legacy', reason: 'roll back' })).body).toMatchObject({
      stage: 'legacy',
      percent: 0,
    });
    expect((await config(clientId(1))).services.meter!.wire).toBe('legacy');
  });

  it.each([
    ['shelf', { stage: 'canary', percent: 5 }, ['legacy', 'shadow']],
    ['shelf', { stage: 'retired' }, ['legacy', 'shadow']],
    ['board', { stage: 'retired' }, ['legacy', 'shadow', 'canary', 'socketio']],
  ])('refuses to move %s to %j without force, and names the allowed moves', async (service, change, allowed) => {
    const { status, body } = await admin(`/${service}`, { ...change, reason: 'hurry' });
    expect(status).toBe(409);
    expect(body).toEqual({
      error: expect.objectContaining({ code: 'stage.illegal', details: expect.objectContaining({ allowed }) }),
    });
  });

  it('moves further with force, and out of retired only to socketio', async () => {
    expect((await admin('/shelf', { stage: 'retired', reason: 'hurry', force: true })).status).toBe(200);
    expect((await admin('/shelf', { stage: 'legacy', reason: 'regret', force: true })).status).toBe(409);
    expect((await admin('/shelf', { stage: 'socketio', reason: 'regret' })).status).toBe(200);
  });

  it('closes the old connections of a retired service, and answers new ones with 410 and the new address', async () => {
    toys.board.open('b');
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    await admin('/board', { stage: 'retired', reason: 'nobody left', force: true });
    const { status, body } = await openWs(toys.url, '/api/boards/b/ws').refused();
    expect(status).toBe(410);
    expect(JSON.parse(body)).toEqual({
      error: expect.objectContaining({
        code: 'service.retired',
        details: { service: 'board', to: 'socketio', namespace: '/board' },
      }),
    });
    // A browser hides the status from our client.
    const ours = openWs(toys.url, '/api/boards/b/ws?switchyard=1');
    expect(await ours.nextJson()).toEqual({
      _sy: {
        event: 'refused',
        error: expect.objectContaining({
          code: 'service.retired',
          details: { service: 'board', to: 'socketio', namespace: '/board' },
        }),
      },
    });
    expect(await ours.closed()).toEqual({ code: 4410, reason: 'service.retired' });
    expect(await old.closed()).toEqual({ code: 4410, reason: 'service.retired' });
    await admin('/board', { stage: 'socketio', reason: 'somebody was' });
    await openWs(toys.url, '/api/boards/b/ws').opened();
  });

  it('refuses new joins on the new wire while a service is closed, with the other address', async () => {
    toys.board.open('b');
    const socket = await openSocket(toys.url, '/board').connected();
    await admin('/board', { stage: 'canary', closed: true, reason: 'brake' });
    expect(await socket.call('join_board', { board_id: 'b' })).toEqual({
      ok: false,
      error: expect.objectContaining({ code: 'service.closed', details: { to: 'legacy' } }),
    });
    await admin('/board', { stage: 'canary', closed: false, reason: 'released' });
    expect(await socket.call('join_board', { board_id: 'b' })).toMatchObject({ ok: true });
  });

  describe.each(['legacy', 'shadow', 'canary', 'socketio', 'retired'] as const)('closed at stage %s', (stage) => {
    const isRetired = stage === 'retired';
    beforeEach(async () => {
      toys.board.open('b');
      await admin('/board', { stage, closed: true, force: true, reason: 'brake' });
    });

    it.each(['join_board', 'join_room'])('refuses %s on the new wire, unless there is no other', async (join) => {
      const socket = await openSocket(toys.url, '/board').connected();
      const reply = await socket.call(join, { board_id: 'b', room: 'board_b' });
      if (isRetired) expect(reply).toMatchObject({ ok: true });
      else expect(reply).toMatchObject({ ok: false, error: { code: 'service.closed', details: { to: 'legacy' } } });
      expect(await toys.board.present('b')).toHaveLength(isRetired ? 1 : 0);
    });

    it('keeps the members of a room, and accepts calls', async () => {
      await admin('/board', { stage, closed: false, reason: 'released' });
      const socket = await openSocket(toys.url, '/board').connected();
      await socket.call('join_board', { board_id: 'b' });
      await admin('/board', { stage, closed: true, reason: 'brake' });
      const call = socket.call('post', { board_id: 'b', text: 'still here' });
      expect(await socket.next('note')).toMatchObject([{ text: 'still here' }, { offset: 1 }]);
      expect(await call).toMatchObject({ ok: true });
    });

    it('serves old WebSockets, unless they are retired', async () => {
      const ws = openWs(toys.url, '/api/boards/b/ws');
      if (isRetired) expect((await ws.refused()).status).toBe(410);
      else expect(await (await ws.opened()).nextJson()).toMatchObject({ type: 'notes' });
    });

    it('serves the root namespace, unless it is retired', async () => {
      const socket = await openSocket(toys.url, '/').connected();
      const reply = await socket.call('watch', { board_id: 'b', switchyard: 1 });
      if (isRetired) expect(reply).toMatchObject({ ok: false, error: { code: 'service.retired' } });
      else expect(reply).toMatchObject({ ok: true });
    });

    it('serves polls', async () => {
      expect((await fetch(`${toys.url}/realtime/rooms/board/b`)).status).toBe(200);
    });

    it('does not change the other services', async () => {
      toys.meter.set({ meter_id: 'm', value: 1 });
      const socket = await openSocket(toys.url, '/meter').connected();
      expect(await socket.call('join_meter', { meter_id: 'm' })).toMatchObject({ ok: true });
    });
  });

  it('sends everybody to the old wire while a service is closed', async () => {
    await admin('/meter', { stage: 'socketio', closed: true, reason: 'brake' });
    expect((await config(clientId(1))).services.meter!.wire).toBe('legacy');
    await admin('/meter', { stage: 'socketio', closed: false, reason: 'released' });
    expect((await config(clientId(1))).services.meter!.wire).toBe('socketio');
  });

  it.each([
    [{ stage: 'nowhere', reason: 'x' }, 'stage'],
    [{ stage: 'legacy' }, 'reason'],
    [{ stage: 'legacy', reason: ' \n ' }, 'reason'],
    [{ stage: 'canary', percent: 101, reason: 'x' }, 'percent'],
    [{ stage: 'canary', percent: 0.0001, reason: 'x' }, 'percent'],
  ])("refuses %j with the field's name", async (change, field) => {
    const { status, body } = await admin('/board', change);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(`"field":"${field}"`);
  });

  it.each([
    ['without a token', '', 401, 'auth.required'],
    ['with a wrong one', 'wrong', 401, 'auth.invalid'],
  ])('is closed to a request %s', async (_how, token, status, code) => {
    const answer = await admin('', undefined, token);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: expect.objectContaining({ code }) });
  });

  it('is closed to everybody where no admin token is set', async () => {
    const closed = await startToys({ adminToken: undefined });
    const response = await fetch(`${closed.url}/admin/migration`, { headers: { authorization: 'Bearer undefined' } });
    expect(response.status).toBe(403);
    await closed.close();
  });

  it('refuses to start with a flag file that is none', async () => {
    await file.write({ board: { stage: 'sometime' } });
    await expect(startToys({ flagsFile: file.path })).rejects.toThrow(/flags\.json.*realtime-board.*metadata\.stage/);
  });
});

it('a service without an old wire that has positions is moved through a snapshot, and the admin API says so', async () => {
  const toys = await startToys({ providers: [KilnGateway] });
  const admin = new AdminClient(toys.url);
  const { body } = await admin.ask<{ services: MigrationStatus[] }>('');
  const ways = Object.fromEntries(body.services.map((state) => [state.service, state.switch]));
  expect(ways).toEqual({ board: 'lossless', meter: 'lossless', shelf: 'lossless', kiln: 'snapshot' });
  expect(await admin.state('kiln')).toMatchObject({ switch: 'snapshot' });
  await toys.close();
});
