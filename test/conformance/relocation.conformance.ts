import { randomUUID } from 'node:crypto';
import {
  Realtime,
  ServiceClient,
  type ConnectionState,
  type EventMessage,
  type RoomMessage,
  type ServiceClientOptions,
} from '@switchyard/client';
import type { RealtimeConfig, ServiceContract, ServiceTypes, Stage, WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { until } from '../harness/until.js';
import { pollingWire } from './polling.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { positionOf } from './wire.conformance.js';

const WIRES: Readonly<Partial<Record<Stage, WireName>>> = {
  legacy: 'legacy',
  shadow: 'legacy',
  socketio: 'socketio',
  retired: 'socketio',
};

/** Checks that a page follows its service to another wire, and misses nothing. */
export function relocationConformance<C extends ServiceContract>(
  { contract, codec, root }: ServiceUnderTest<C>,
  service: () => ServedService,
): void {
  const moveTo = async (...stages: Stage[]) => {
    for (const stage of stages) {
      const response = await fetch(`${service().url}/admin/migration/${contract.name}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ stage, force: true, reason: 'a test' }),
      });
      expect(response.status).toBe(200);
    }
  };

  /** Opens a page that follows a room, at an address of the server. */
  const follow = async (url: string, key: string, at: Stage, clientId?: string) => {
    const realtime = new Realtime({ url, WebSocket, reconnect: { minMs: 10, maxMs: 50 }, clientId });
    const options = { legacy: codec, root } as unknown as ServiceClientOptions<ServiceTypes>;
    const client = new ServiceClient(realtime, contract, options);
    const told: RoomMessage[] = [];
    const states: ConnectionState[] = [];
    client.connection.room(key).messages$.subscribe((message) => told.push(message));
    client.state$.subscribe((state) => states.push(state));
    const isOn = (stage: Stage) => () =>
      realtime.stats().wires[contract.name] === WIRES[stage] && states.at(-1) === 'subscribed';
    const events = () =>
      told.filter((message): message is EventMessage => message.kind === 'event' && message.position !== undefined);
    const page = {
      realtime,
      states,
      on: (stage: Stage) => until(`${contract.name} is followed at ${stage}`, isOn(stage)),
      /** Compares what the page received with the log of the room. */
      async heardAll() {
        const [first] = told;
        if (first?.kind !== 'snapshot' || !first.position) throw new Error('the room began without a snapshot');
        const reader = pollingWire(contract).connect(service().url);
        const { events: log } = await reader.join(key, positionOf(first.position));
        const last = log!.at(-1)!.offset;
        await until(`the page is at ${last}`, () => events().at(-1)?.position?.offset === last);
        const heard = events().map(({ event, payload, position }) => ({ event, payload, ...position }));
        // For a state the latest value is enough.
        if (contract.kind === 'state') expect(heard.at(-1)).toEqual(log!.at(-1));
        else expect(heard).toEqual(log);
        expect(told.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
      },
    };
    await page.on(at);
    return page;
  };
  // From `retired` a service can only move to `socketio`.
  afterEach(() => moveTo('socketio', 'legacy'));

  it.each<[Stage, Stage]>([
    ['legacy', 'retired'],
    ['socketio', 'legacy'],
  ])('a page that was away follows its service from %s to %s', async (from, to) => {
    await moveTo('socketio', from);
    const key = await service().room();
    const proxy = await FaultProxy.to(Number(new URL(service().url).port));
    const page = await follow(proxy.url, key, from);
    const { realtime } = page;
    try {
      await service().act(key);
      proxy.refuse();
      proxy.cutClean();
      await until('the connection is lost', () => realtime.state$.value === 'reconnecting');
      await moveTo(to);
      await service().act(key);
      proxy.accept();
      await page.on(to);
      await service().act(key);
      await page.heardAll();
    } finally {
      realtime.close();
      await proxy.close();
    }
  });

  /** Finds a client that the server asks to compare wires. */
  const sampledClient = async () => {
    let clientId = '';
    await until('a client is in the sample', async () => {
      clientId = randomUUID();
      const response = await fetch(`${service().url}/realtime/config?client_id=${clientId}`);
      return ((await response.json()) as RealtimeConfig).services[contract.name]!.shadow !== undefined;
    });
    return clientId;
  };

  it('a page of the sample compares both wires, and finds no difference', async () => {
    await moveTo('socketio', 'shadow');
    const key = await service().room();
    const { realtime, heardAll } = await follow(service().url, key, 'shadow', await sampledClient());
    const compared = () => realtime.stats().parity[`${contract.name} legacy socketio`]?.matched ?? 0;
    const head = async () => (await pollingWire(contract).connect(service().url).join(key)).offset;
    try {
      await until('an event is compared', async () => {
        await service().act(key);
        return compared() > 0;
      });
      const [before, from] = [compared(), await head()];
      for (let times = 0; times < 3; times += 1) await service().act(key);
      const to = await head();
      await until('the events since are compared', () => compared() >= before + to - from);
      await heardAll();
      expect(Object.values(realtime.stats().parity)).toEqual([expect.objectContaining({ mismatches: 0, shed: 0 })]);
    } finally {
      realtime.close();
    }
  });

  it('a connected page moves with its service from legacy to socketio and back, and nobody sees it', async () => {
    await moveTo('legacy');
    const key = await service().room();
    const page = await follow(service().url, key, 'legacy');
    const { realtime, states } = page;
    const atFirst = [...states];
    try {
      for (const stage of ['socketio', 'legacy'] as const) {
        await Promise.all([service().act(key), moveTo(stage)]);
        await page.on(stage);
        await service().act(key);
      }
      await page.heardAll();
      expect(states).toEqual(atFirst);
      expect(realtime.stats()).toMatchObject({ moves: { made: 2, failed: 0 }, reconnects: 0, gapsHealed: 0 });
    } finally {
      realtime.close();
    }
  });
}
