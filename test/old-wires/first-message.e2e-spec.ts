import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Realtime, ServiceClient } from '@switchyard/client';
import { pollPath, type ErrorBody } from '@switchyard/contract';
import { firstValueFrom } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { openWs } from '../harness/clients.js';
import { Inbox } from '../harness/inbox.js';
import { until } from '../harness/until.js';
import type { ToyApp } from '../toys/toy.app.js';
import { TicketGateway, tickets, ticketsLegacy } from './first-message.example.js';
import { startOldWire, untilNoneWaits } from './old.wire.server.js';

const PATH = '/ws/projects/apollo/tickets/7';

describe('an old wire on which clients authenticate in their first message', () => {
  let toys: ToyApp;
  let gateway: TicketGateway;
  beforeAll(async () => {
    toys = await startOldWire(TicketGateway);
    gateway = toys.get(TicketGateway);
  });
  afterAll(() => toys.close());

  const auth = (token: string) => ({ type: 'auth', token });
  const enter = async (token: string) => {
    const ws = await openWs(toys.url, PATH).opened();
    ws.send(auth(token));
    await ws.waitFor((frame) => frame.includes('"comments"'));
    return ws;
  };

  it('sends a client nothing of its room before it has authenticated', async () => {
    const ws = await openWs(toys.url, PATH).opened();
    await gateway.comment({ ticket: 'apollo:7', text: 'before' });
    ws.send('ping');
    ws.send(auth('ada'));
    await ws.waitFor((frame) => frame.includes('"comments"'));
    expect(ws.frames).toEqual(['pong', '{"type":"auth_ok","user":"ada"}', '{"type":"comments","texts":["before"]}']);
    await gateway.comment({ ticket: 'apollo:7', text: 'after' });
    expect(await ws.waitFor((frame) => frame.includes('after'))).toBe('{"type":"comment","text":"after"}');
  });

  it('keeps the frames that a client sends before the answer', async () => {
    const ws = await openWs(toys.url, PATH).opened();
    ws.send(auth('ada'));
    ws.send({ type: 'say', text: 'in a hurry' });
    ws.send('ping');
    await ws.waitFor((frame) => frame === 'pong');
    await ws.waitFor((frame) => frame.includes('in a hurry'));
    await untilNoneWaits(toys);
  });

  it.each<[string, string, unknown, string, number]>([
    ['a wrong token', PATH, auth('bad'), 'auth.invalid', 4401],
    ['another message than a token', PATH, { type: 'say', text: 'hello' }, 'auth.required', 4401],
    ['a ticket of others', '/ws/projects/secret/tickets/1', auth('ada'), 'room.forbidden', 4403],
    ['a ticket that is none', '/ws/projects/apollo/tickets/8', auth('ada'), 'no ticket', 4404],
  ])('refuses %s with its own frame and close code', async (_what, path, message, reason, code) => {
    const ws = await openWs(toys.url, path).opened();
    ws.send(message);
    await ws.waitFor((frame) => frame === JSON.stringify({ type: 'error', reason }));
    expect((await ws.closed()).code).toBe(code);
  });

  it('admits a client whose upgrade request has the token already', async () => {
    const ws = await openWs(toys.url, `${PATH}?token=ada`).opened();
    expect(await ws.next()).toContain('"comments"');
    const refused = await openWs(toys.url, `${PATH}?token=bad`).opened();
    expect(await refused.next()).toBe('{"type":"error","reason":"auth.invalid"}');
    expect((await refused.closed()).code).toBe(4401);
  });

  it('goes on with a new token of the same user, and ends with the old one', async () => {
    const ends = Date.now() + 1500;
    const [renewed, other] = await Promise.all([enter(`ada@${ends}`), enter(`ada@${ends}`)]);
    renewed.send(auth(`ada@${ends + 3_600_000}`));
    await renewed.waitFor((frame) => frame === '{"type":"auth_renewed"}');
    expect(await other.waitFor((frame) => frame.includes('error'))).toBe('{"type":"error","reason":"auth.expired"}');
    expect((await other.closed()).code).toBe(4401);
    expect(Date.now()).toBeGreaterThanOrEqual(ends);
    await gateway.comment({ ticket: 'apollo:7', text: 'still here' });
    await renewed.waitFor((frame) => frame.includes('still here'));
  });

  it('refuses a later token of another user', async () => {
    const ws = await enter('ada');
    ws.send(auth('eve'));
    await ws.waitFor((frame) => frame === '{"type":"error","reason":"auth.invalid"}');
    expect((await ws.closed()).code).toBe(4401);
  });

  describe('for our client', () => {
    const realtimes: Realtime[] = [];
    afterEach(() => realtimes.splice(0).forEach((realtime) => realtime.close()));
    const room = (options: ConstructorParameters<typeof Realtime>[0]) => {
      const realtime = new Realtime({ WebSocket, token: 'ada', ...options });
      realtimes.push(realtime);
      return { realtime, room: new ServiceClient(realtime, tickets, { legacy: ticketsLegacy }).room('apollo:7') };
    };

    it('is a wire with positions, for the room that the client names', async () => {
      const client = room({ url: toys.url });
      const [event] = await Promise.all([
        firstValueFrom(client.room.events$),
        until('the client is in', () => client.realtime.state$.value === 'subscribed').then(() =>
          gateway.comment({ ticket: 'apollo:7', text: 'to our client' }),
        ),
      ]);
      expect(event).toMatchObject({ event: 'commented', payload: { ticket: 'apollo:7', text: 'to our client' } });
      expect(client.realtime.stats().wires).toEqual({ tickets: 'legacy' });
    });

    it('is none on which a first message of the client counts', async () => {
      const ws = await openWs(toys.url, `${PATH}?switchyard=1&token=ada`).opened();
      await ws.waitFor((frame) => frame.includes('"joined"'));
      ws.send(auth('bad'));
      // The second answer comes after everything that the first message could cause.
      for (const ping of ['ping', 'ping']) {
        ws.send(ping);
        await ws.waitFor((frame) => frame === 'pong');
      }
      expect(ws.frames.filter((frame) => frame.includes('auth.'))).toEqual([]);
    });

    it('is opened on the old server as an old client does', async () => {
      const old = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(old, 'listening');
      const arrived = new Inbox<string>('the old server');
      old.on('connection', (ws, { url }) => {
        arrived.put(new URL(url!, 'http://old').pathname);
        ws.on('message', (data: Buffer) => {
          arrived.put(data.toString());
          ws.send('{"type":"comments","texts":["from the old server"]}');
        });
      });
      const { port } = old.address() as AddressInfo;
      const address = {
        ...({ wire: 'legacy', stage: 'legacy', namespace: tickets.namespace } as const),
        ...{ legacy_path: ticketsLegacy.path, poll_path: pollPath(tickets) },
      };
      const config = {
        ...({ version: '1.0', server_time: new Date().toISOString(), features: {}, limits: {} } as const),
        services: { tickets: address },
      };
      const client = room({ url: `http://127.0.0.1:${port}`, config });
      const snapshot = await firstValueFrom(client.room.snapshots$);
      expect(arrived.all).toEqual([PATH, '{"type":"auth","token":"ada"}']);
      expect(snapshot).toMatchObject({ comments: [{ text: 'from the old server' }] });
      client.realtime.close();
      old.close();
    });

    it('answers a refused token with a status, as on every other wire', async () => {
      const { status, body } = await openWs(toys.url, `${PATH}?switchyard=1&token=bad`).refused();
      expect(status).toBe(401);
      expect((JSON.parse(body) as { error: ErrorBody }).error.code).toBe('auth.invalid');
    });
  });
});
