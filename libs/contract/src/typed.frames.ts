import type { LegacyCodec } from './legacy.codec.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { ServiceContract } from './service.contract.js';
import type { ContractEvent, ServiceTypes } from './service.types.js';

/** The types of an old wire's frames, where they are not the names of the contract. */
export interface TypedFrameNames<T extends ServiceTypes> {
  readonly events?: { readonly [E in keyof T['events']]?: string };
  readonly calls?: { readonly [N in keyof T['calls']]?: string };
  /** The type of the snapshot's frame; the contract's name of the snapshot when undefined. */
  readonly snapshot?: string;
}

/** What a codec has from its frames alone: all that it needs besides its path. */
export type TypedFrames<T extends ServiceTypes> = Pick<
  LegacyCodec<T>,
  'encodeEvent' | 'decodeEvent' | 'encodeSnapshot' | 'encodeCall' | 'decodeCall' | 'unknownRoom' | 'project'
>;

/**
 * The functions of a codec whose frames are `{ type, …payload }`, the most usual form. A call has no room key in its frame,
 * because its connection has one room. Spread it into a codec, and write after it what is different there.
 */
export function typedFrames<T extends ServiceTypes>(
  { room, snapshot, calls, events }: ServiceContract<T>,
  names: TypedFrameNames<T> = {},
): TypedFrames<T> {
  const snapshotType = names.snapshot ?? snapshot;
  const types = {
    events: typesOf([...events.keys()], names.events),
    calls: typesOf([...calls.keys()], names.calls),
  };
  const key = 'key' in room ? room.key : undefined;
  return {
    encodeEvent: ({ event, payload }) => ({ type: types.events.of(event), ...payload }),
    encodeSnapshot: (payload) => [{ type: snapshotType, ...payload }],
    decodeEvent(frame) {
      const { type, payload } = read(frame);
      if (type === snapshotType) return { kind: 'snapshot', payload };
      const event = types.events.nameOf(type);
      return event === undefined
        ? undefined
        : ({ kind: 'event', event, payload } as { kind: 'event' } & ContractEvent<T>);
    },
    encodeCall: ({ call, payload }) => ({ type: types.calls.of(call), ...without(payload, key) }),
    decodeCall(frame, context) {
      const { type, payload } = read(frame);
      const call = types.calls.nameOf(type);
      if (call === undefined) return undefined;
      return { call, payload: key === undefined ? payload : { ...payload, [key]: context.key } };
    },
    unknownRoom: () => ({ frames: [], close: { code: 4404, reason: 'not found' } }),
    project: (event) => event,
  };
}

/** The types of frames by name, and back; the names are the contract's own, never those of a frame. */
function typesOf(names: readonly string[], renamed: { readonly [name: string]: string | undefined } = {}) {
  const types = new Map(names.map((name) => [name, renamed[name] ?? name]));
  const back = new Map<unknown, string>([...types].map(([name, type]) => [type, name]));
  return { of: (name: string) => types.get(name), nameOf: (type: unknown) => back.get(type) };
}

function read(frame: LegacyFrame): { type: unknown; payload: object } {
  if (typeof frame === 'string') return { type: undefined, payload: {} };
  const { type, ...payload } = frame;
  return { type, payload };
}

function without(payload: object, key: string | undefined): object {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => name !== key));
}
