import { setTimeout as pause } from 'node:timers/promises';
import type { CallRecord, RecordedCall } from './call.record.js';

/** The pause between an answer and the next call, in milliseconds, so that calls are a small part of the load. */
const CALL_PAUSE_MS = 250;

/** What a client's calls need. */
export interface ClientCallsOptions {
  /** The record of the calls, which all clients share. */
  record: CallRecord;
  /** Begins the keys of this client's calls. */
  prefix: string;
  /** Makes a call whose effect has that key. */
  call(key: string): Promise<unknown>;
  /** Whether the client is between two wires. */
  isMoving(): boolean;
}

/** The calls of one client: while a move is expected, one after another, so that the move meets some of them in flight. */
export class ClientCalls {
  private made = 0;
  private last?: RecordedCall;
  private series = 0;

  constructor(private readonly options: ClientCallsOptions) {}

  /** Makes calls until `isOver` and once more, or until they are stopped. */
  async begin(firstAfter_ms: number, isOver: () => boolean): Promise<void> {
    const series = (this.series += 1);
    await pause(firstAfter_ms);
    for (let isLast = false; !isLast && series === this.series;) {
      isLast = isOver();
      await this.make().settled;
      await pause(CALL_PAUSE_MS);
    }
  }

  /** Makes no more calls. */
  stop(): void {
    this.series += 1;
  }

  /** Notes whether the open call meets a move. */
  look(): void {
    if (this.last?.state === 'open' && this.options.isMoving()) this.last.whileMoving = true;
  }

  private make(): RecordedCall {
    const { record, prefix, call } = this.options;
    const key = `${prefix} ${(this.made += 1)}`;
    this.last = record.make(key, () => call(key));
    this.look();
    return this.last;
  }
}
