import { camelFields, defineService, snakeFields, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, type Caller, legacy } from '@switchyard/server';
import { IsInt, IsString, Max, Min } from 'class-validator';

export interface Reading {
  meter_id: string;
  value: number;
}

export class SetMeter implements Reading {
  @IsString()
  meter_id: string;

  @IsInt()
  @Min(0)
  @Max(100)
  value: number;
}

export interface MeterTypes {
  room: { meter_id: string };
  calls: { set: { payload: SetMeter; reply: Reading } };
  events: { reading: Reading };
  snapshot: Reading;
}

/** A `state` service whose rooms end at 100. */
export const meter = defineService<MeterTypes>()({
  name: 'meter',
  kind: 'state',
  room: { prefix: 'meter', key: 'meter_id' },
  join: 'join_meter',
  leave: 'leave_meter',
  snapshot: 'reading',
  calls: { set: { repeatable: true } },
  events: { reading: { terminal: ({ value }) => value === 100 } },
  coalesce_ms: 20,
});

const FIELDS = ['meter_id', 'value'] as const;

/** The meter's old wire: camel case, and a client may wait for an unknown meter. */
export const meterLegacy: LegacyCodec<MeterTypes> = {
  path: '/api/meters/:meter_id/ws',
  encodeEvent: ({ payload }) => ({ type: 'reading', data: camelFields(payload, FIELDS) }),
  encodeSnapshot: (snapshot) => [{ type: 'reading', data: camelFields(snapshot, FIELDS) }],
  decodeEvent: (frame) =>
    typeof frame === 'object' && frame.type === 'reading'
      ? { kind: 'event', event: 'reading', payload: snakeFields<Reading>(frame.data as never, FIELDS) }
      : undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
  unknownRoom: ({ key }) => ({ frames: [{ type: 'reading', data: { meterId: key, value: 0 } }] }),
  project: (event) => event,
};

@ServiceGateway(meter, { wires: [legacy(meterLegacy)] })
export class MeterGateway extends BaseRoomService<typeof meter> {
  readonly readings = new Map<string, Reading>();
  /** Resolves when the last reading, or a later one that replaces it, is appended. */
  published: Promise<unknown> = Promise.resolve();

  override snapshot(key: string) {
    return this.readings.get(key);
  }

  override authorize(_caller: Caller, key: string): boolean {
    return !key.startsWith('forbidden');
  }

  @Call('set')
  set({ meter_id, value }: SetMeter): Reading {
    const reading = { meter_id, value };
    this.readings.set(meter_id, reading);
    this.published = this.publish(meter_id, 'reading', reading);
    return reading;
  }
}
