import { HIDDEN_EVENT, formatPosition, type EventPosition, type Position } from '@switchyard/contract';
import type { Delivery } from '../../room/delivery.js';

/** One event of a stream as text; `data` is JSON, which has no line breaks. */
export function eventText(event: string, data: unknown, position?: Partial<Position>): string {
  return `event: ${event}\n${idLine(position)}data: ${JSON.stringify(data)}\n\n`;
}

/** The two texts of one delivery, each encoded once for all streams. */
export class SseFrames {
  private plainBytes: Buffer | undefined;
  private sharedBytes: Buffer | undefined;

  constructor(
    private readonly service: string,
    private readonly delivery: Delivery,
  ) {}

  /** For an `EventSource`, which has one room; a hidden event only moves its position. */
  get plain(): Buffer {
    const { event, payload, position } = this.delivery;
    return (this.plainBytes ??= Buffer.from(
      event === HIDDEN_EVENT ? `${idLine(position)}\n` : eventText(event, payload, position),
    ));
  }

  /** For our client, whose stream carries many rooms. */
  get shared(): Buffer {
    const { event, payload, position } = this.delivery;
    const { service } = this;
    return (this.sharedBytes ??= Buffer.from(eventText('event', { service, event, payload, ...position })));
  }
}

function idLine({ epoch, offset }: Partial<EventPosition> = {}): string {
  return epoch === undefined || offset === undefined ? '' : `id: ${formatPosition({ epoch, offset })}\n`;
}
