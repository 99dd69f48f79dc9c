import { defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, type Caller, legacy } from '@switchyard/server';
import { IsString } from 'class-validator';

class VaseRef {
  @IsString()
  vase_id: string;
}

export interface VaseTypes {
  room: { vase_id: string };
  calls: { tap: { payload: VaseRef; reply: VaseRef } };
  events: { tapped: VaseRef };
  snapshot: VaseRef;
}

/** A service whose calls can be made to fail on the new wire. */
export const vase = defineService<VaseTypes>()({
  name: 'vase',
  kind: 'log',
  room: { prefix: 'vase', key: 'vase_id' },
  join: 'join_vase',
  leave: 'leave_vase',
  snapshot: 'vase_state',
  calls: { tap: { repeatable: true } },
  events: { tapped: {} },
});

/** The vase's old wire, which carries no calls. */
export const vaseLegacy: LegacyCodec<VaseTypes> = {
  path: '/api/vases/:vase_id/ws',
  encodeEvent: ({ payload }) => ({ type: 'tapped', data: payload }),
  encodeSnapshot: (snapshot) => [{ type: 'vase', data: snapshot }],
  decodeEvent: () => undefined,
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

@ServiceGateway(vase, { wires: [legacy(vaseLegacy)] })
export class VaseGateway extends BaseRoomService<typeof vase> {
  /** Of so many calls on the new wire one fails; none when 0. */
  failEvery = 0;
  private taps = 0;

  override snapshot(vase_id: string) {
    return { vase_id };
  }

  override authorize(): boolean {
    return true;
  }

  @Call('tap')
  tap({ vase_id }: VaseRef, { wire }: Caller): VaseRef {
    if (wire === 'socketio' && this.failEvery > 0 && (this.taps += 1) % this.failEvery === 0) throw new Error('broken');
    return { vase_id };
  }
}
