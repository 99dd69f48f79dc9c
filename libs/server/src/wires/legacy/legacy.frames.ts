import type {
  LegacyCodec,
  LegacyContext,
  LegacyEnvelope,
  LegacyFrame,
  SentFrame,
  ServiceTypes,
} from '@switchyard/contract';
import type { Delivery } from '../../room/delivery.js';
import { FrameText, connectionFields } from '../frame.text.js';
import { isUnknownToOldWires } from '../shown.delivery.js';

/** Runs a step of a codec; undefined when it fails, which is logged. */
export type CodecGuard = <T>(step: () => T) => T | undefined;

/** The two frames of one event on an old wire, each encoded once: the old one, and the one with the position added. */
export class LegacyFrames {
  /** The codec's frame; undefined when the old wire has no word for the event, or its codec fails. */
  private frame: SentFrame | undefined;
  private oldText: FrameText | undefined;
  private positionedText: FrameText | undefined;

  constructor(
    private readonly codec: LegacyCodec<ServiceTypes>,
    key: string,
    private readonly delivery: Delivery,
    private readonly guard: CodecGuard,
  ) {
    const { event, payload } = delivery;
    if (isUnknownToOldWires(event)) return;
    const context = { key, now: new Date().toISOString(), ...connectionFields(codec.perConnection) };
    this.frame = guard(() => codec.encodeEvent({ event, payload: payload as object }, context));
  }

  /** For one old client; undefined when there is nothing to send, or the event is not for this one. */
  oldFor(context: () => LegacyContext): FrameText | undefined {
    const { codec, delivery } = this;
    const { event, payload } = delivery;
    if (this.frame === undefined || !codec.isFor) return this.old;
    const isFor = this.guard(() => codec.isFor!({ event, payload: payload as object }, context()));
    return isFor ? this.old : undefined;
  }

  private get old(): FrameText | undefined {
    if (this.frame !== undefined) this.oldText ??= this.textOf(this.frame);
    return this.oldText;
  }

  /** For a client that asked for positions; when the codec fails, without its frame, so that no event is missing. */
  get positioned(): FrameText {
    const { event, payload, position } = this.delivery;
    const _sy = { event, payload, ...position };
    return (this.positionedText ??= this.textOf(enveloped(_sy, this.frame)) ?? new FrameText(enveloped(_sy)));
  }

  /** The text of a frame; undefined when JSON cannot express what the codec made, which is then not tried again. */
  private textOf(frame: SentFrame): FrameText | undefined {
    const text = this.guard(() => new FrameText(frame));
    if (!text) this.frame = undefined;
    return text;
  }
}

/** A frame for a client that asked for positions; the envelope is added to the old frame where that is an object. */
export function enveloped(_sy: LegacyEnvelope, frame?: SentFrame): LegacyFrame {
  return typeof frame === 'object' && !(frame instanceof Uint8Array) ? { ...frame, _sy } : { type: '_sy', _sy };
}
