import { WireComparison } from '@switchyard/client/parity';
import { MAX_EXAMPLES, type Mismatch } from '@switchyard/contract';
import { tasks, tasksLegacy, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import { LoadRoom } from '../load/load.room.js';
import type { AlarmPart, AlarmState } from './parity.commands.js';

/** Busy rooms, and comparisons that follow all of them on both wires. */
export class ComparingClients {
  private rooms: LoadRoom[] = [];
  private comparisons: WireComparison<TaskTypes>[] = [];
  private readonly examples: Mismatch[] = [];
  private ended?: Omit<AlarmState, 'examples'>;

  async begin({ server, url, comparisons, rooms, rate }: AlarmPart): Promise<void> {
    this.rooms = await Promise.all(Array.from({ length: rooms }, () => LoadRoom.start({ url: server })));
    const make = () =>
      new WireComparison({
        url,
        contract: tasks,
        codec: tasksLegacy,
        oldPath: tasksLegacy.path,
        rooms: this.rooms.map(({ key }) => key),
        WebSocket,
        onMismatch: (mismatch) => {
          if (this.examples.length < MAX_EXAMPLES) this.examples.push(mismatch);
        },
      });
    this.comparisons = Array.from({ length: comparisons }, make);
    for (const comparison of this.comparisons) await comparison.start();
    for (const room of this.rooms) room.begin(rate);
  }

  state(): AlarmState {
    const all = this.comparisons.map((comparison) => comparison.progress());
    const sum = (count: (of: (typeof all)[number]) => number) => all.reduce((total, one) => total + count(one), 0);
    const counts = {
      matched: sum(({ matched }) => matched),
      mismatches: sum(({ mismatches }) => mismatches),
      shed: sum(({ shed }) => shed),
    };
    return { ...(this.ended ?? counts), examples: this.examples };
  }

  async end(): Promise<AlarmState> {
    await Promise.all(this.rooms.map((room) => room.end()));
    const reports = await Promise.all(this.comparisons.map((comparison) => comparison.stop()));
    const ended = { matched: 0, mismatches: 0, shed: 0 };
    for (const { matched, mismatches, shed } of reports) {
      ended.matched += matched;
      ended.shed += shed;
      for (const count of Object.values(mismatches)) ended.mismatches += count;
    }
    this.ended = ended;
    return this.state();
  }
}
