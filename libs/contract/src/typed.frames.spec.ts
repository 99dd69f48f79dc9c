import fc from 'fast-check';
import { defineService, typedFrames, type ContractEvent, type LegacyCodec } from './index.js';

interface LampTypes {
  room: { lamp_id: string };
  calls: { dim: { payload: { lamp_id: string; to: number }; reply: object }; off: { payload: object; reply: object } };
  events: { dimmed: { to: number }; broke: { why: string } };
  snapshot: { to: number };
}

const lamps = defineService<LampTypes>()({
  name: 'lamps',
  kind: 'log',
  room: { prefix: 'lamp', key: 'lamp_id' },
  calls: { dim: {}, off: {} },
  events: { dimmed: {}, broke: {} },
});
const codec: LegacyCodec<LampTypes> = {
  path: '/lamps/:lamp_id',
  ...typedFrames(lamps, { events: { broke: 'error' }, calls: { off: 'turn-off' }, snapshot: 'hello' }),
};
const context = { key: 'hall', session_id: 'c', now: '' };

describe('frames with a type', () => {
  it('have the names of the contract, or those that they are given', () => {
    const write = (frame: unknown) => JSON.stringify(frame);
    const events = [
      codec.encodeEvent({ event: 'dimmed', payload: { to: 3 } }, context),
      codec.encodeEvent({ event: 'broke', payload: { why: 'old' } }, context),
    ];
    expect(events.map(write)).toEqual(['{"type":"dimmed","to":3}', '{"type":"error","why":"old"}']);
    expect(codec.encodeSnapshot({ to: 3 }, context).map(write)).toEqual(['{"type":"hello","to":3}']);
    expect(typedFrames(lamps).encodeSnapshot({ to: 3 }, context)).toEqual([{ type: 'lamp_snapshot', to: 3 }]);
  });

  it('carry calls without the key of the room, which the server adds', () => {
    const dim = { call: 'dim', payload: { lamp_id: 'hall', to: 3 } } as const;
    expect(codec.encodeCall(dim)).toEqual({ type: 'dim', to: 3 });
    expect(codec.decodeCall({ type: 'dim', to: 3 }, context)).toEqual(dim);
    expect(codec.decodeCall({ type: 'turn-off' }, context)).toEqual({ call: 'off', payload: { lamp_id: 'hall' } });
    // The room is that of the connection, whatever a client writes.
    expect(codec.decodeCall({ type: 'dim', to: 3, lamp_id: 'other' }, context)).toEqual(dim);
  });

  it.each([
    'dim',
    {},
    { type: 'dimmed' },
    { type: 'off' },
    { type: 'constructor' },
    { type: '__proto__' },
    { type: {} },
  ])('are no call when they are %j', (frame) => expect(codec.decodeCall(frame, context)).toBeUndefined());

  it.each(['hello', {}, { type: 'dim' }, { type: 'broke' }, { type: 'toString' }, { type: null }])(
    'are no event when they are %j',
    (frame) => expect(codec.decodeEvent(frame)).toBeUndefined(),
  );

  it('mean the event and the snapshot that they were made of', () => {
    const event = fc.oneof(
      fc.record({ event: fc.constant('dimmed'), payload: fc.record({ to: fc.integer() }) }),
      fc.record({ event: fc.constant('broke'), payload: fc.record({ why: fc.string({ unit: 'binary' }) }) }),
    ) as fc.Arbitrary<ContractEvent<LampTypes>>;
    fc.assert(
      fc.property(event, (made) => {
        const frame = codec.encodeEvent(made, context) as object as Record<string, unknown>;
        expect(codec.decodeEvent(frame)).toEqual({ kind: 'event', ...codec.project(made) });
      }),
    );
    const [hello] = codec.encodeSnapshot({ to: 3 }, context) as [Record<string, unknown>];
    expect(codec.decodeEvent(hello)).toEqual({ kind: 'snapshot', payload: { to: 3 } });
  });
});
