import type { LegacyCodec, LegacyEnvelope, LegacyFrame, ServiceTypes } from '@switchyard/contract';
import type { Delivery } from '../../room/delivery.js';
import { FrameText, connectionFields } from '../frame.text.js';
import { isUnknownToOldWires } from '../shown.delivery.js';

/** The two frames of one event on an old wire, each encoded once: the old one, and the one with the position added. */
export class LegacyFrames {
  /** The codec's frame; undefined when the old wire has no word for the event. */
  private readonly frame: LegacyFrame | undefined;
  private oldText: FrameText | undefined;
  private positionedText: FrameText | undefined;

  /** @throws what the codec throws */
  constructor(
    codec: LegacyCodec<ServiceTypes>,
    key: string,
    private readonly delivery: Delivery,
  ) {
    const { event, payload } = delivery;
    if (isUnknownToOldWires(event)) return;
    const context = { key, now: new Date().toISOString(), ...connectionFields(codec.perConnection) };
    this.frame = codec.encodeEvent({ event, payload: payload as object }, context);
  }

  /** For an old client; undefined when there is nothing to send. */
  get old(): FrameText | undefined {
    if (this.frame === undefined) return undefined;
    return (this.oldText ??= new FrameText(this.frame));
  }

  /** For a client that asked for positions. */
  get positioned(): FrameText {
    const { event, payload, position } = this.delivery;
    return (this.positionedText ??= new FrameText(enveloped({ event, payload, ...position }, this.frame)));
  }
}

/** A frame for a client that asked for positions; the envelope is added to the old frame where there is one. */
export function enveloped(_sy: LegacyEnvelope, frame?: LegacyFrame): LegacyFrame {
  return typeof frame === 'object' ? { ...frame, _sy } : { type: '_sy', _sy };
}
