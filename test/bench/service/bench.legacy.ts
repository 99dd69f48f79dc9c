import { pickFields, type LegacyCodec, type TypesOf } from '@switchyard/contract';
import type { bench, Tick } from './bench.contract.js';

type BenchTypes = TypesOf<typeof bench>;

const FIELDS = ['id', 'room_id', 'author', 'text'] as const satisfies readonly (keyof Tick)[];

/** The endpoints of the two old wires. */
export const OLD_PATHS = {
  shared: '/api/bench/:room_id/ws',
  personal: '/api/bench/:room_id/personal/ws',
} as const;

/** `shared`: all peers get the same bytes. `personal`: each frame has the `session_id` of its connection. */
export type OldFrames = keyof typeof OLD_PATHS;

/** The frame of an event that is the same for every connection. */
export const sharedFrame = (tick: Tick) => ({ type: 'tick', data: pickFields(tick, FIELDS) });

/** The frame of an event with the `session_id` of its connection. */
export const personalFrame = (tick: Tick, timestamp: string, session_id: string) => ({
  ...sharedFrame(tick),
  timestamp,
  session_id,
});

const codec: Omit<LegacyCodec<BenchTypes>, 'path' | 'encodeEvent'> = {
  encodeSnapshot: ({ room_id }) => [{ type: 'joined', data: { room_id } }],
  decodeEvent: () => undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

/** An old wire whose frames are the same for all. */
export const sharedLegacy: LegacyCodec<BenchTypes> = {
  ...codec,
  path: OLD_PATHS.shared,
  encodeEvent: ({ payload }) => sharedFrame(payload),
};

/** An old wire whose frames differ in one field from connection to connection. */
export const personalLegacy: LegacyCodec<BenchTypes> = {
  ...codec,
  path: OLD_PATHS.personal,
  perConnection: ['session_id'],
  encodeEvent: ({ payload }, { now, session_id = '' }) => personalFrame(payload, now, session_id),
};
