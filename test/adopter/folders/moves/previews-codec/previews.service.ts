import { base64ToBytes, bytesToBase64, defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, legacy, ServiceGateway } from '@switchyard/server';
import { IsString, MaxLength } from 'class-validator';
import previews from './previews.js';

class Doc {
  @IsString() doc: string;
}
class Drawing extends Doc {
  @MaxLength(90_000) image: string;
  @IsString() by: string;
}
interface PreviewTypes {
  room: { doc: string };
  calls: { draw: { payload: Drawing; reply: { seq: number } }; who: { payload: Doc; reply: { n: number } } };
  events: { drawn: { tile: string; by: string } };
  snapshot: { seq: number; last?: string };
}

export const preview = defineService<PreviewTypes>()({
  name: 'preview',
  kind: 'log',
  room: { prefix: 'preview', key: 'doc' },
  calls: { draw: {}, who: {} },
  events: { drawn: {} },
});

const previewLegacy: LegacyCodec<PreviewTypes> = {
  path: '/preview/:doc',
  session: { idOf: ({ query }) => query.client, replaced: { code: 4000, reason: 'replaced' } },
  unreadable: ({ bytes }) => (bytes > 65_536 ? { close: { code: 1009, reason: '' } } : undefined),
  encodeSnapshot: ({ seq, last }, { client_id }) => [
    { type: 'welcome', client: client_id, seq },
    ...(last === undefined ? [] : [base64ToBytes(last)]),
  ],
  encodeEvent: ({ payload }) => base64ToBytes(payload.tile),
  isFor: ({ payload }, { session_id }) => payload.by !== session_id,
  decodeBinaryCall: (bytes, { key: doc, session_id: by }) => ({
    call: 'draw',
    payload: { doc, image: bytesToBase64(bytes), by },
  }),
  decodeCall: (frame, { key: doc }) => (frame === 'who' ? { call: 'who', payload: { doc } } : undefined),
  answer(frame) {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    return text === 'who' ? undefined : { type: 'error', error: `what is ${text.slice(0, 20)}?` };
  },
  encodeReply: ({ call }, reply) =>
    reply.ok ? { type: call === 'who' ? 'clients' : 'drawn', ...(reply.data as object) } : undefined,
  unknownRoom: () => ({ frames: [] }),
  encodeCall: () => undefined,
  decodeEvent: () => undefined,
  project: (event) => event,
};

@ServiceGateway(preview, { wires: [legacy(previewLegacy)] })
export class PreviewGateway extends BaseRoomService<typeof preview> {
  constructor() {
    super();
    previews.on('tile', (doc: string, tile: Buffer, by: string | null) => {
      void this.publish(doc, 'drawn', { tile: bytesToBase64(tile), by: by ?? '' });
    });
  }

  override snapshot(key: string) {
    const { seq, last } = previews.doc(key);
    return { seq, ...(last && { last: bytesToBase64(last) }) };
  }

  @Call('draw')
  draw({ doc, image, by }: Drawing) {
    return { seq: previews.draw(doc, Buffer.from(image, 'base64'), by) };
  }

  @Call('who')
  async who({ doc }: Doc) {
    const clients = (await this.members(doc)).map(({ id, caller }) => caller.client_id ?? id);
    return { n: new Set(clients).size };
  }
}
