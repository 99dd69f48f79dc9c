import { Realtime, ServiceClient } from '@switchyard/client';
import type { Position, RealtimeConfig, WireName } from '@switchyard/contract';
import { tasks, tasksLegacy, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import type { DeliveryCheck } from '../load/delivery.check.js';
import type { LoadRoom } from '../load/load.room.js';
import type { Tally } from '../restart/follower.js';

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
  private awaySince: number | undefined;
  private readonly check: DeliveryCheck;
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<TaskTypes>;

  constructor(
    readonly room: LoadRoom,
    private readonly options: LoadPageOptions,
  ) {
    const { url, config, wire, tally } = options;
    const services = { ...config.services, tasks: { ...config.services.tasks!, wire } };
    this.realtime = new Realtime({ url, config: { ...config, services }, WebSocket });
    this.client = new ServiceClient(this.realtime, tasks, { legacy: tasksLegacy });
    this.check = room.follow(this.client, tally);
    this.client.state$.subscribe((state) => this.moved(state === 'subscribed'));
  }

  /** Whether the page is live. */
  get isLive(): boolean {
    return this.client.connection.state$.value === 'subscribed';
  }

  /** Counts the missing events up to a position. */
  behind(head: Position): number {
    return this.check.behind(head);
  }

  close(): void {
    this.realtime.close();
  }

  private moved(isLive: boolean): void {
    if (!isLive) this.awaySince ??= performance.now();
    if (!isLive || this.awaySince === undefined) return;
    const { tally, upSince, back } = this.options;
    if (this.check.position) {
      tally.recovered += 1;
      back(Math.max(0, performance.now() - Math.max(this.awaySince, upSince())));
    }
    this.awaySince = undefined;
  }
}
