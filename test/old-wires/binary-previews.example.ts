import { base64ToBytes, bytesToBase64, defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy } from '@switchyard/server';
import { IsBase64, IsInt, IsString, MaxLength } from 'class-validator';

export class Click {
  @IsString()
  preview_id: string;

  @IsInt()
  x: number;

  @IsInt()
  y: number;
}

export class Upload {
  @IsString()
  preview_id: string;

  @IsBase64()
  @MaxLength(100_000)
  image: string;
}

export interface PreviewTypes {
  room: { preview_id: string };
  calls: {
    click: { payload: Click; reply: object };
    upload: { payload: Upload; reply: object };
  };
  /** `image` is base64. */
  events: { shown: { image: string }; clicked: { x: number; y: number } };
  snapshot: { image: string };
}

export const previews = defineService<PreviewTypes>()({
  name: 'previews',
  kind: 'log',
  room: { prefix: 'preview', key: 'preview_id' },
  join: 'join_preview',
  leave: 'leave_preview',
  snapshot: 'preview',
  calls: { click: {}, upload: {} },
  events: { shown: {}, clicked: {} },
});

/** The first byte of a binary frame from a client. */
const CLICK = 1;
const UPLOAD = 2;

/** The old wire: an image is a binary frame, everything else is JSON. */
export const previewSocket: LegacyCodec<PreviewTypes> = {
  path: '/previews/:preview_id',
  encodeEvent: ({ event, payload }) => (event === 'shown' ? base64ToBytes(payload.image) : { clicked: payload }),
  encodeSnapshot: ({ image }) => [{ hello: true }, base64ToBytes(image)],
  decodeEvent(frame) {
    const { clicked } = frame as { clicked?: { x: number; y: number } };
    return clicked && { kind: 'event', event: 'clicked', payload: clicked };
  },
  decodeBinaryEvent: (bytes) => ({ kind: 'event', event: 'shown', payload: { image: bytesToBase64(bytes) } }),
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  decodeBinaryCall(bytes, { key: preview_id }) {
    const [kind, x, y] = bytes;
    if (kind === UPLOAD) {
      return { call: 'upload', payload: { preview_id, image: bytesToBase64(bytes.subarray(1)) } };
    }
    const isClick = kind === CLICK && x !== undefined && y !== undefined;
    return isClick ? { call: 'click', payload: { preview_id, x, y } } : undefined;
  },
  encodeError: ({ code }) => ({ error: code }),
  unknownRoom: () => ({ frames: [], close: { code: 4404, reason: 'no such preview' } }),
  project: (event) => event,
};

@ServiceGateway(previews, { wires: [legacy(previewSocket)] })
export class PreviewsGateway extends BaseRoomService<typeof previews> {
  readonly images = new Map<string, string>();

  override snapshot(key: string) {
    const image = this.images.get(key);
    return image === undefined ? undefined : { image };
  }

  @Call('click')
  async click({ preview_id, x, y }: Click) {
    return this.commit(preview_id, 'clicked', { x, y });
  }

  @Call('upload')
  upload({ preview_id, image }: Upload) {
    return this.show(preview_id, image);
  }

  async show(key: string, image: string) {
    this.images.set(key, image);
    return this.commit(key, 'shown', { image });
  }
}
