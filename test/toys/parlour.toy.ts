import { defineService, type LegacyCodec, type RootCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, type Caller, legacy, root } from '@switchyard/server';
import { IsString } from 'class-validator';

export class Say {
  @IsString()
  parlour_id: string;

  @IsString()
  text: string;
}

export interface ParlourTypes {
  room: { parlour_id: string };
  calls: { say: { payload: Say; reply: { text: string } } };
  events: { said: { text: string } };
  snapshot: { parlour_id: string };
}

/** A service with presence. */
export const parlour = defineService<ParlourTypes>()({
  name: 'parlour',
  kind: 'log',
  room: { prefix: 'parlour', key: 'parlour_id' },
  join: 'join_parlour',
  leave: 'leave_parlour',
  snapshot: 'parlour_state',
  presence: true,
  calls: { say: {} },
  events: { said: {} },
});

/** The parlour's old wire, which uses the events' names; it must never get an event that it does not have. */
export const parlourLegacy: LegacyCodec<ParlourTypes> = {
  path: '/api/parlours/:parlour_id/ws',
  encodeEvent: ({ event, payload }) => ({ type: event, data: payload }),
  encodeSnapshot: (snapshot) => {
    if (snapshot.parlour_id === 'unspeakable') throw new Error('no word for this');
    return [{ type: 'state', data: snapshot }];
  },
  decodeEvent: () => undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

/** The parlour on the root namespace. */
const parlourRoot: RootCodec<ParlourTypes> = {
  joins: ['enter'],
  leaves: ['exit'],
  keyOf: (payload) => payload as string,
  encodeSnapshot: (payload) => [{ event: 'state', payload }],
  encodeEvent: ({ event, payload }) => [{ event, payload }],
  decodeEvent: () => undefined,
  project: (event) => event,
};

@ServiceGateway(parlour, { wires: [legacy(parlourLegacy), root(parlourRoot)] })
export class ParlourGateway extends BaseRoomService<typeof parlour> {
  override snapshot(parlour_id: string) {
    return parlour_id === 'unknown' ? undefined : { parlour_id };
  }

  override authorize(caller: Caller, key: string): boolean {
    return key !== 'private' || caller.user?.id === 'owner';
  }

  @Call('say')
  async say({ parlour_id, text }: Say) {
    await this.commit(parlour_id, 'said', { text });
    return { text };
  }

  present(parlour_id: string) {
    return this.members(parlour_id);
  }

  whisper(memberId: string, parlour_id: string, text: string) {
    return this.send(memberId, parlour_id, 'said', { text });
  }

  putOut(memberId: string, parlour_id: string) {
    return this.evict(memberId, parlour_id);
  }
}
