import { Realtime, ServiceClient, type RoomMessage, type WireName } from '@switchyard/client';
import { roomName, type Position, type RealtimeConfig } from '@switchyard/contract';
import { ServiceRegistry, STORE, type Store } from '@switchyard/server';
import { lastValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { legacyPath, legacyWire } from '../conformance/legacy.wire-client.js';
import { pollingWire } from '../conformance/polling.wire-client.js';
import { socketIoWire } from '../conformance/socketio.wire-client.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { followToEnd } from '../leaks/passage.js';
import {
  endsRooms,
  environmentFor,
  everyServiceRuns,
  isLast,
  type Runner,
  type ServiceRuns,
} from '../runs/service.runs.js';
import { until } from '../harness/until.js';

const SERVICES = everyServiceRuns();
/** A position in a deleted log. */
const LONG_AGO: Position = { epoch: 'long-ago', offset: 7 };
/** A room whose run is over, with the position of its end. */
interface Ended {
  key: string;
  end: Position;
  /** Whether its log is deleted. */
  isForgotten: boolean;
}
const named = (services: ServiceRuns[]) => services.map((service) => [service.contract.name, service] as const);

describe.each([
  ['during the retention of its room', 300_000],
  ['without any retention', 0],
])('the end of a run, %s', (_when, retention_ms) => {
  let app: TestApp;
  let store: Store;
  const runners = new Map<ServiceRuns, Runner>();
  const pages: Realtime[] = [];
  beforeAll(async () => {
    app = await startApp({ ROOM_RETENTION_MS: String(retention_ms), ...environmentFor(SERVICES) });
    store = app.app.get<Store>(STORE);
    for (const service of SERVICES) runners.set(service, await service.start(app));
  });
  afterEach(() => pages.splice(0).forEach((page) => page.close()));
  afterAll(async () => {
    for (const runner of runners.values()) await runner.close?.();
    await app.close();
  });

  /** A room whose run is over and, without retention, deleted; with the position of its end. */
  const ended = async (service: ServiceRuns): Promise<Ended> => {
    const runner = runners.get(service)!;
    const key = await runner.begin();
    const end = await followToEnd(app, service, runner, key);
    const isForgotten = endsRooms(service) && retention_ms === 0;
    const name = roomName(service.contract, key);
    if (isForgotten) await until(`${name} forgotten`, async () => !(await store.rooms.names()).includes(name));
    // A run may have ended, and been deleted, before any client came.
    return { key, end: end.offset > 0 ? end : LONG_AGO, isForgotten };
  };

  /** The card of a run on a page that uses one wire; resolves to its last value once it is complete. */
  const card = async ({ contract, legacy, isOver }: ServiceRuns, key: string, wire: WireName) => {
    const config = (await (await fetch(`${app.url}/realtime/config`)).json()) as RealtimeConfig;
    const advised = wire === 'polling' ? 'socketio' : wire;
    const services = { [contract.name]: { ...config.services[contract.name]!, wire: advised } };
    // Without an answer from a namespace, the page polls.
    if (wire === 'polling') services[contract.name]!.namespace = '/nobody';
    const polling = { afterAttempts: 1, intervalMs: 20 };
    const fallbacks = ['polling'];
    const page = new Realtime({ url: app.url, WebSocket, config: { ...config, services }, fallbacks, polling });
    pages.push(page);
    return lastValueFrom(new ServiceClient<any>(page, contract, { legacy, isOver }).room(key).messages$);
  };
  const isFinal = (service: ServiceRuns, message: RoomMessage) =>
    message.kind === 'snapshot'
      ? service.isOver(message.snapshot)
      : message.kind === 'event' && isLast(service, message.event, message.payload);

  describe.each(named(SERVICES.filter(endsRooms)))('of %s', (_name, service) => {
    const wires: WireName[] = ['socketio', 'polling', ...(service.legacy ? (['legacy'] as const) : [])];

    it.each(wires)('is shown by the card of a page that was connected, on the %s wire', async (wire) => {
      const runner = runners.get(service)!;
      const key = await runner.begin();
      const [last] = await Promise.all([card(service, key, wire), runner.end?.(key)]);
      expect(isFinal(service, last)).toBe(true);
    });

    let over: Ended;
    beforeAll(async () => {
      over = await ended(service);
    });
    it.each(wires)('is shown by the card of a page that comes later, on the %s wire', async (wire) => {
      const last = await card(service, over.key, wire);
      expect([last.kind, isFinal(service, last)]).toEqual(['snapshot', true]);
    });
  });

  describe.each(named(SERVICES))('of %s', (_name, service) => {
    const { contract, legacy, root, isOver, knowsEveryKey } = service;
    const wires = [socketIoWire(contract), pollingWire(contract), ...(legacy ? [legacyWire(legacy)] : [])];

    let over: Ended;
    beforeAll(async () => {
      over = await ended(service);
    });

    it.each(wires)('is sent to a client that joins, or comes back, on the $name wire', async (wire) => {
      const { key, end, isForgotten } = over;
      const join = async (since?: Position) => {
        const { recovered, events = [], snapshot } = await wire.connect(app.url).join(key, since);
        const seen = events.some(({ event, payload }) => isLast(service, event, payload as object));
        return { recovered, isFinal: snapshot ? isOver(snapshot) : seen };
      };
      expect(await join()).toEqual({ recovered: false, isFinal: true });
      expect(await join({ ...end, offset: end.offset - 1 })).toEqual({ recovered: !isForgotten, isFinal: true });
    });

    it('is sent to every other client in its own format', async () => {
      const { key } = over;
      const { snapshot } = await pollingWire(contract).connect(app.url).join(key);
      const socket = await openSocket(app.url, contract.namespace).connected();
      await socket.call('join_room', { room: roomName(contract, key) });
      expect((await socket.next(contract.snapshot))[0]).toEqual(snapshot);
      if (legacy) {
        const ws = await openWs(app.url, legacyPath(legacy, key)).opened();
        const frames = legacy.encodeSnapshot(snapshot, { key, session_id: '', now: '' });
        for (const _ of frames) expect(typeof (await ws.next())).toBe('string');
      }
      if (root) {
        const old = await openSocket(app.url).connected();
        old.socket.emit(root.joins[0]!, key);
        const [frame] = root.encodeSnapshot(snapshot, { key, session_id: '', now: '' });
        expect((await old.next(frame!.event))[0]).toEqual(frame!.payload);
      }
    });

    it('is still known when the log of its room was deleted', async () => {
      const { key, end } = over;
      await app.app.get(ServiceRegistry).get(contract.name).rooms.open(key).forget();
      for (const wire of wires) {
        const { recovered, snapshot } = await wire.connect(app.url).join(key, end);
        expect({ recovered, isOver: isOver(snapshot as object) }).toEqual({ recovered: false, isOver: true });
      }
    });

    if (knowsEveryKey) return;
    it('is refused for an unknown id, with a code and help', async () => {
      const addressed = wires.filter(({ name }) => name !== 'legacy' || legacy!.path.includes(':'));
      for (const wire of addressed) {
        const refusal = wire.connect(app.url).join('nobody-knows-this');
        await expect(refusal).rejects.toMatchObject({ code: contract.notFound, help: expect.stringMatching(/./) });
      }
    });
  });
});
