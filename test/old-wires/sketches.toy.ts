import { defineService, typedFrames, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy } from '@switchyard/server';
import { IsInt, IsString } from 'class-validator';

class Draw {
  @IsString()
  sketch: string;

  @IsInt()
  n: number;

  /** The connection that draws. */
  @IsString()
  by: string;
}

interface SketchTypes {
  room: { sketch: string };
  calls: { draw: { payload: Draw; reply: object } };
  events: { stroke: { n: number; by: string } };
  snapshot: object;
}

const sketches = defineService<SketchTypes>()({
  name: 'sketches',
  kind: 'log',
  room: { prefix: 'sketch', key: 'sketch' },
  calls: { draw: {} },
  events: { stroke: {} },
});

/** A room for many clients, each under an id of its own; a stroke is not shown to the client that draws it. */
const sketchSocket: LegacyCodec<SketchTypes> = {
  ...typedFrames(sketches),
  path: '/sketches/:sketch',
  session: {
    idOf: ({ query }) => query.client,
    greeting: ({ client_id, isNew }) => [{ type: 'welcome', client_id, isNew }],
    replaced: { code: 4000, reason: 'replaced' },
  },
  encodeSnapshot: (_snapshot, { client_id }) => [{ type: 'sketch', for: client_id }],
  encodeEvent: ({ payload: { n } }) => ({ type: 'stroke', n }),
  isFor: ({ payload: { n, by } }, { session_id }) => {
    if (n < 0) throw new Error('no such stroke');
    return by !== session_id;
  },
  decodeCall: (frame, { key: sketch, session_id: by }) => ({
    call: 'draw',
    payload: { sketch, n: (frame as { draw: number }).draw, by },
  }),
  encodeReply: ({ payload }) => ({ type: 'drawn', n: payload.n }),
};

@ServiceGateway(sketches, { wires: [legacy(sketchSocket)] })
export class SketchGateway extends BaseRoomService<typeof sketches> {
  override snapshot() {
    return {};
  }

  @Call('draw')
  async draw({ sketch, n, by }: Draw) {
    await this.publish(sketch, 'stroke', { n, by });
    return {};
  }
}
