import { setTimeout as pause } from 'node:timers/promises';
import { LoadRoom } from '../load/load.room.js';
import type { DeliveryTally } from '../load/delivery.check.js';
import type { MeasuredPart } from './parity.commands.js';
import { openPages } from './old.wire.pages.js';

/** Busy rooms, and clients on the old wire whose deliveries are measured. */
export class MeasuredClients {
  private rooms: LoadRoom[] = [];
  private delays: number[] | undefined;

  /** Resolves to the keys of the rooms once all clients have joined theirs. */
  async begin({ url, clients, rooms, rate }: MeasuredPart): Promise<string[]> {
    this.rooms = await Promise.all(Array.from({ length: rooms }, () => LoadRoom.start({ url })));
    const tally: DeliveryTally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };
    await openPages({ url, clients, isComparing: false }, (client, n) => {
      const room = this.rooms[n % rooms]!;
      room.follow(client, tally, (event) => {
        const sent = room.sentAt(event);
        if (sent !== undefined) this.delays?.push(performance.now() - sent);
      });
    });
    for (const room of this.rooms) {
      room.begin(rate);
      // Not all at once, because people do not write in step.
      await pause(1000 / rate / rooms);
    }
    return this.rooms.map(({ key }) => key);
  }

  /** Resolves to the delays of all deliveries within that time, in milliseconds. */
  async measure(seconds: number): Promise<number[]> {
    this.delays = [];
    await pause(seconds * 1000);
    const { delays } = this;
    this.delays = undefined;
    return delays;
  }
}
