import { defineService } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy, type Caller } from '@switchyard/server';
import { openSocket, openWs } from '../harness/clients.js';
import { figuresOf } from '../harness/service.figures.js';
import { SetMeter, meterLegacy, type MeterTypes, type Reading } from '../toys/meter.toy.js';
import { startToys } from '../toys/toy.app.js';

const twin = defineService<MeterTypes>()({
  name: 'twin',
  kind: 'log',
  room: { prefix: 'twin', key: 'meter_id' },
  join: 'join_twin',
  leave: 'leave_twin',
  snapshot: 'reading',
  calls: { set: {} },
  events: { reading: {} },
});

/** A service that has been given a second old endpoint. */
@ServiceGateway(twin, {
  wires: [1, 2].map((version) => legacy({ ...meterLegacy, path: `/api/v${version}/twins/:meter_id/ws` })),
})
class TwinGateway extends BaseRoomService<typeof twin> {
  override snapshot(meter_id: string): Reading {
    return { meter_id, value: 0 };
  }

  override authorize(_caller: Caller): boolean {
    return true;
  }

  @Call('set')
  async set({ meter_id, value }: SetMeter): Promise<Reading> {
    await this.commit(meter_id, 'reading', { meter_id, value });
    return { meter_id, value };
  }
}

it('the events of a service with two old endpoints are counted once for each member, whichever it is on', async () => {
  const toys = await startToys({ providers: [TwinGateway] });
  for (const [version, times] of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (let n = 0; n < times; n += 1) await (await openWs(toys.url, `/api/v${version}/twins/a/ws`).opened()).next();
  }
  const socket = await openSocket(toys.url, '/twin').connected();
  await socket.call('set', { meter_id: 'a', value: 5 });
  const { wires, arms } = (await figuresOf(toys, 'twin')).totals;
  const bytes = 3 * JSON.stringify({ type: 'reading', data: { meterId: 'a', value: 5 } }).length;
  expect(wires.legacy).toMatchObject({ deliveries: 3, delivery: { count: 1 }, bytes });
  expect(arms.legacy).toMatchObject({ deliveries: 3, delivery: { count: 1 } });
  await toys.close();
});
