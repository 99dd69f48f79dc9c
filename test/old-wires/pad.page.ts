import { Realtime, ServiceClient, type RoomMessage } from '@switchyard/client';
import type { ControlPayloads, Position, RemoteFault } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { until } from '../harness/until.js';
import { pads, type PadTypes } from './upstream.example.js';

/** A page of one user that has a pad open with our client, and folds its events into a list as a page does. */
export class PadPage {
  readonly client: ServiceClient<PadTypes>;
  /** What came: `snapshot` with the number of notes, else the number of the note. */
  readonly seen: (number | `snapshot ${number}`)[] = [];
  readonly positions: Position[] = [];
  readonly told: ControlPayloads['upstream_changed'][] = [];
  notes: string[] = [];
  fault: RemoteFault | undefined;
  private readonly realtime: Realtime;

  constructor(url: string, token: string | undefined, pad: string, wire = 'socketio') {
    const reconnect = { minMs: 10, maxMs: 50 };
    this.realtime = new Realtime({ url, WebSocket, wire, reconnect, reportEveryMs: 0, ...(token && { token }) });
    this.client = new ServiceClient<PadTypes>(this.realtime, pads);
    this.client.control$.subscribe(({ event, payload }) => {
      if (event === 'upstream_changed') this.told.push(payload);
    });
    this.client.room(pad).messages$.subscribe({
      next: (message) => this.take(message),
      error: (fault: RemoteFault) => (this.fault = fault),
    });
  }

  /** Resolves once the page is in its room and shows so many notes. */
  async shows(count: number): Promise<void> {
    await until(`${count} notes`, () => this.fault ?? (this.seen.length > 0 && this.notes.length === count)).catch(
      (error: Error) => {
        throw new Error(`${error.message}; seen ${JSON.stringify(this.seen.slice(-20))}`);
      },
    );
  }

  /** Resolves to the fault with which the page's join was refused. */
  async refused(): Promise<RemoteFault> {
    return (await until('a refusal', () => this.fault))!;
  }

  close(): void {
    this.realtime.close();
  }

  private take(message: RoomMessage<PadTypes>): void {
    if (message.kind === 'presence') return;
    if (message.position) this.positions.push(message.position);
    if (message.kind === 'snapshot') {
      this.notes = message.snapshot.notes.map(({ text }) => text);
      this.seen.push(`snapshot ${this.notes.length}`);
    } else {
      this.notes.push(message.payload.text);
      this.seen.push(message.payload.n);
    }
  }
}
