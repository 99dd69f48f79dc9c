import { Inject } from '@nestjs/common';
import { defineService, type LegacyCodec } from '@switchyard/contract';
import {
  BaseRoomService,
  RoomOwners,
  STORE,
  ServiceGateway,
  legacy,
  type Caller,
  type Store,
} from '@switchyard/server';

interface Progress {
  percent: number;
}

interface PreviewTypes {
  room: { client_id: string };
  calls: Record<never, never>;
  events: { progress: Progress };
  snapshot: Progress;
}

const previews = defineService<PreviewTypes>()({
  name: 'previews',
  kind: 'state',
  room: { prefix: 'preview', key: 'client_id' },
  join: 'join_preview',
  leave: 'leave_preview',
  snapshot: 'preview_state',
  calls: {},
  events: { progress: {} },
  presence: true,
});

const previewsLegacy: LegacyCodec<PreviewTypes> = {
  path: '/ws/preview',
  keyOf: ({ query }) => query.clientId,
  opening: ({ key }) => ({ params: { clientId: key } }),
  // A client without an id gets one in its first frame, and brings it when it returns.
  session: {
    greeting: ({ key, isNew }) => [{ type: 'status', sid: key, new: isNew }],
    replaced: { code: 4009, reason: 'opened again' },
  },
  encodeEvent: ({ payload }) => ({ type: 'progress', value: payload.percent }),
  encodeSnapshot: ({ percent }) => [{ type: 'progress', value: percent }],
  decodeEvent: (frame) =>
    typeof frame === 'object' && frame.type === 'progress'
      ? { kind: 'event', event: 'progress', payload: { percent: Number(frame.value) } }
      : undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

@ServiceGateway(previews, { wires: [legacy(previewsLegacy)] })
export class PreviewGateway extends BaseRoomService<typeof previews> {
  private readonly percents = new Map<string, number>();
  private readonly owners: RoomOwners;

  constructor(@Inject(STORE) store: Store) {
    super();
    this.owners = new RoomOwners(store, 'preview_owners');
  }

  /** Clients name these rooms, so every key is known. */
  override snapshot(key: string) {
    return { percent: this.percents.get(key) ?? 0 };
  }

  /** The room is its first user's, on every wire. */
  override authorize(caller: Caller, key: string): Promise<boolean> {
    return this.owners.claim(caller, key);
  }

  paint(key: string, percent: number) {
    this.percents.set(key, percent);
    return this.publish(key, 'progress', { percent });
  }
}
