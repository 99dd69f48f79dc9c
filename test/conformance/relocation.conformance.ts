import {
  Realtime,
  ServiceClient,
  type EventMessage,
  type RoomMessage,
  type ServiceClientOptions,
} from '@switchyard/client';
import type { ServiceContract, ServiceTypes, Stage, WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { until } from '../harness/until.js';
import { pollingWire } from './polling.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { positionOf } from './wire.conformance.js';

const WIRES: Readonly<Partial<Record<Stage, WireName>>> = {
  legacy: 'legacy',
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

  it.each<[Stage, Stage]>([
    ['legacy', 'retired'],
    ['socketio', 'legacy'],
  ])('a page that was away follows its service from %s to %s', async (from, to) => {
    await moveTo('socketio', from);
    const key = await service().room();
    const proxy = await FaultProxy.to(Number(new URL(service().url).port));
    const realtime = new Realtime({ url: proxy.url, WebSocket, reconnect: { minMs: 10, maxMs: 50 } });
    const options = { legacy: codec, root } as unknown as ServiceClientOptions<ServiceTypes>;
    const client = new ServiceClient(realtime, contract, options);
    const told: RoomMessage[] = [];
    client.connection.room(key).messages$.subscribe((message) => told.push(message));
    const isOn = (stage: Stage) => () =>
      realtime.stats().wires[contract.name] === WIRES[stage] && realtime.state$.value === 'subscribed';
    const events = () =>
      told.filter((message): message is EventMessage => message.kind === 'event' && message.position !== undefined);
    try {
      await until(`${contract.name} is followed at ${from}`, isOn(from));
      const [first] = told;
      if (first?.kind !== 'snapshot' || !first.position) throw new Error('the room began without a snapshot');
      await service().act(key);
      proxy.refuse();
      proxy.cutClean();
      await until('the connection is lost', () => realtime.state$.value === 'reconnecting');
      await moveTo(to);
      await service().act(key);
      proxy.accept();
      await until(`${contract.name} is followed at ${to}`, isOn(to));
      await service().act(key);
      const { events: log } = await pollingWire(contract).connect(service().url).join(key, positionOf(first.position));
      const last = log!.at(-1)!.offset;
      await until(`the page is at ${last}`, () => events().at(-1)?.position?.offset === last);
      const heard = events().map(({ event, payload, position }) => ({ event, payload, ...position }));
      // For a state the latest value is enough.
      if (contract.kind === 'state') expect(heard.at(-1)).toEqual(log!.at(-1));
      else expect(heard).toEqual(log);
      expect(told.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    } finally {
      realtime.close();
      await proxy.close();
      // From `retired` a service can only move to `socketio`.
      await moveTo('socketio', 'legacy');
    }
  });
}
