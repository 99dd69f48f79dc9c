import { Realtime, ServiceClient } from '@switchyard/client';
import type { Position, RealtimeConfig, WireName } from '@switchyard/contract';
import { tasks, tasksLegacy, type Task, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import type { Tally } from '../restart/follower.js';
import { eventOf, type LoadRoom } from './load.room.js';

/** The environment of pages. */
export interface LoadPageOptions {
  /** The application's address. */
  url: string;
  /** The application's configuration for pages, which names `wire`. */
  config: RealtimeConfig;
  wire: WireName;
  tally: Tally;
  /** Since when the server is reachable. */
  upSince(): number;
  /** Reports that a page is live again after that many milliseconds. */
  back(ms: number): void;
}

/** A page with our own client that follows a room under load and checks that each event comes once and in order. */
export class LoadPage {
  private position: Position | undefined;
  private awaySince: number | undefined;
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<TaskTypes>;

  constructor(
    readonly room: LoadRoom,
    private readonly options: LoadPageOptions,
  ) {
    const { url, config, wire } = options;
    const services = { ...config.services, tasks: { ...config.services.tasks!, wire } };
    this.realtime = new Realtime({ url, config: { ...config, services }, WebSocket });
    this.client = new ServiceClient(this.realtime, tasks, { legacy: tasksLegacy });
    this.client.room(room.key).messages$.subscribe((message) => {
      if (message.kind === 'snapshot') this.adopt(message.snapshot.tasks, message.position!);
      if (message.kind === 'event' && message.position) {
        this.take(message.position, eventOf(message.event, message.payload as Task));
      }
    });
    this.client.state$.subscribe((state) => this.moved(state === 'subscribed'));
  }

  /** Whether the page is live. */
  get isLive(): boolean {
    return this.client.connection.state$.value === 'subscribed';
  }

  /** Counts the missing events up to a position. */
  behind({ offset }: Position): number {
    return Math.max(0, offset - (this.position?.offset ?? 0));
  }

  close(): void {
    this.realtime.close();
  }

  private moved(isLive: boolean): void {
    if (!isLive) this.awaySince ??= performance.now();
    if (!isLive || this.awaySince === undefined) return;
    const { tally, upSince, back } = this.options;
    if (this.position) {
      tally.recovered += 1;
      back(Math.max(0, performance.now() - Math.max(this.awaySince, upSince())));
    }
    this.awaySince = undefined;
  }

  private adopt(tasks: readonly Task[], position: Position): void {
    if (this.position) this.options.tally.snapshots += 1;
    this.room.ledger.show(tasks);
    this.position = position;
  }

  private take(position: Position, event: string): void {
    const { tally } = this.options;
    const before = this.position!.offset;
    tally.delivered += 1;
    const isSame = this.room.ledger.agrees(position, event);
    if (position.offset > before + 1) tally.lost += position.offset - before - 1;
    if (position.offset <= before) tally[isSame ? 'duplicated' : 'reordered'] += 1;
    else if (!isSame) tally.reordered += 1;
    this.position = position;
  }
}
