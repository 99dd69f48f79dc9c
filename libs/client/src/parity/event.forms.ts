import {
  HIDDEN_EVENT,
  type ContractEvent,
  type LegacyCodec,
  type RootCodec,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import type { WireEvent } from '../transport/transport.js';
import { differingFields } from './field.differences.js';
import { plainFrame, type EventPair } from './lane.js';

type AnyEvent = ContractEvent<ServiceTypes>;

/** The codecs of the old wire that is compared; one of the root namespace says only which fields an event has. */
export interface ComparedCodecs {
  legacy?: LegacyCodec<ServiceTypes>;
  root?: RootCodec<ServiceTypes>;
}

/** The names of fields that stand for the event's name, and for a frame that the codec cannot read. */
const NAME = 'event';
const FRAME = 'frame';

/** Puts the events of two wires into one form, and compares them. */
export class EventForms {
  constructor(
    private readonly contract: ServiceContract,
    private readonly codecs: ComparedCodecs,
  ) {}

  get #codec(): LegacyCodec<ServiceTypes> | undefined {
    return this.codecs.legacy;
  }

  /** The paths of the fields in which the events differ; `isPlain` says that one of them has the old wire's fields only. */
  differences(pair: EventPair, isPlain: boolean): string[] {
    const { old, new: next } = pair;
    if (old.event === HIDDEN_EVENT || next.event === HIDDEN_EVENT) return old.event === next.event ? [] : [NAME];
    try {
      const framed =
        isPlain || hasFrame(old) || hasFrame(next) ? this.#compare(this.#oldForm(old), this.#oldForm(next)) : [];
      return framed.length > 0 || isPlain ? framed : this.#compare(contentOf(old), contentOf(next));
    } catch {
      // The codec fails at what one of the wires sent.
      return [FRAME];
    }
  }

  /** The paths of the fields in which two replies to a call differ. */
  replyDifferences(call: string, old: unknown, next: unknown): string[] {
    return differingFields(old, next, this.#codec?.ignore?.[call]);
  }

  /** What an event is recognised by without a position; undefined when it is not compared then. */
  identify(event: WireEvent): string | undefined {
    try {
      const form = this.#oldForm(event);
      return form && this.#codec?.identify?.(form);
    } catch {
      return undefined;
    }
  }

  /** What came over an old wire, or would have come. */
  #oldForm(event: WireEvent): AnyEvent | undefined {
    const { legacy, root } = this.codecs;
    const frame = plainFrame(event.frame);
    if (legacy && frame !== undefined) {
      const message = legacy.decodeEvent(frame);
      return message?.kind === 'event' ? { event: message.event, payload: message.payload } : undefined;
    }
    const codec = legacy ?? root;
    return codec ? codec.project(contentOf(event)) : contentOf(event);
  }

  #compare(old: AnyEvent | undefined, next: AnyEvent | undefined): string[] {
    if (!old || !next) return old === next ? [] : [NAME];
    const [a, b] = [this.#normalised(old), this.#normalised(next)];
    if (a.event !== b.event) return [NAME];
    return differingFields(a.payload, b.payload, this.#codec?.ignore?.[a.event]);
  }

  #normalised(event: AnyEvent): AnyEvent {
    const isEvent = this.contract.events.has(event.event);
    return (isEvent && this.#codec?.normalise?.(event)) || event;
  }
}

function contentOf({ event, payload }: WireEvent): AnyEvent {
  return { event, payload: payload as object };
}

function hasFrame({ frame }: WireEvent): boolean {
  return plainFrame(frame) !== undefined;
}
