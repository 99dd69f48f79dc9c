import { defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway, legacy } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

interface LampTypes {
  room: { lamp_id: string };
  calls: Record<never, never>;
  events: { switched: { lit: boolean } };
  snapshot: { lit: boolean };
}

const lamp = defineService<LampTypes>()({
  name: 'lamp',
  kind: 'log',
  room: { prefix: 'lamp', key: 'lamp_id' },
  join: 'join_lamp',
  leave: 'leave_lamp',
  snapshot: 'lamp_state',
  calls: {},
  events: { switched: {} },
});

const lampLegacy: LegacyCodec<LampTypes> = {
  path: '/api/lamps/:lamp_id/ws',
  idle: { after_ms: 60, frame: ({ lit }) => ({ type: 'still', lit }) },
  encodeEvent: ({ payload }) => ({ type: 'switched', ...payload }),
  encodeSnapshot: ({ lit }) => [{ type: 'lamp', lit }],
  decodeEvent: () => undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: () => undefined,
};

@ServiceGateway(lamp, { wires: [legacy(lampLegacy)] })
class LampGateway extends BaseRoomService<typeof lamp> {
  private lit = false;

  override snapshot() {
    return { lit: this.lit };
  }

  turn(lit: boolean) {
    this.lit = lit;
    return this.publish('one', 'switched', { lit });
  }
}

describe('an old wire with a frame for silence', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startToys({ providers: [LampGateway] });
  });
  afterAll(() => toys.close());

  it('sends the state of its room when nothing was sent for long, and again', async () => {
    const ws = await openWs(toys.url, '/api/lamps/one/ws').opened();
    expect(await ws.next()).toBe('{"type":"lamp","lit":false}');
    expect(await ws.next()).toBe('{"type":"still","lit":false}');
    await toys.get(LampGateway).turn(true);
    for (const _ of [1, 2]) await ws.waitFor((frame) => frame === '{"type":"still","lit":true}', 'a reminder');
    const event = ws.frames.indexOf('{"type":"switched","lit":true}');
    expect(new Set(ws.frames.slice(event + 1))).toEqual(new Set(['{"type":"still","lit":true}']));
  });

  it('does not send it to a client that asked for positions', async () => {
    const plain = await openWs(toys.url, '/api/lamps/one/ws').opened();
    const ours = await openWs(toys.url, '/api/lamps/one/ws?switchyard=1').opened();
    for (const _ of [1, 2, 3]) await plain.waitFor((frame) => frame.includes('still'), 'a reminder');
    expect(ours.frames.filter((frame) => frame.includes('still'))).toEqual([]);
  });
});
