import { Realtime, ServiceClient } from '@switchyard/client';
import { RemoteFault, type Position } from '@switchyard/contract';
import { tasks, tasksLegacy, type Task, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import type { DeliveryCheck, DeliveryTally } from '../load/delivery.check.js';
import type { LoadRoom } from '../load/load.room.js';
import type { CallRecord } from './call.record.js';
import { ClientCalls } from './client.calls.js';
import { DeliveryGap } from './delivery.gap.js';
import type { Side } from './stage.control.js';
import { systemNow } from './system.clock.js';

/** The longest wait from the expectation of a move to the first call, in milliseconds. */
const FIRST_CALL_MS = 250;

/** The environment of a client. */
export interface MovingClientOptions {
  /** The server's address. */
  url: string;
  clientId: string;
  /** The record of its calls; a client without one makes none. */
  calls?: CallRecord;
  /** Chooses when its calls begin, from 0 up to 1. */
  random: () => number;
}

/** One move of a client; times are by `systemNow`. */
interface Move {
  to: Side;
  told?: number;
  moved?: number;
}

/** A page with our own client that follows a room, makes calls, and is moved from wire to wire. */
export class MovingClient {
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<TaskTypes>;
  private readonly check: DeliveryCheck;
  private readonly gap = new DeliveryGap();
  private readonly calls?: ClientCalls;
  private current: Move = { to: 'legacy' };
  /** When it got the last published event, by `performance.now()`. */
  deliveredAt = -Infinity;

  constructor(
    readonly room: LoadRoom,
    tally: DeliveryTally,
    private readonly options: MovingClientOptions,
  ) {
    const { url, clientId, calls: record } = options;
    this.realtime = new Realtime({ url, clientId, WebSocket });
    this.client = new ServiceClient(this.realtime, tasks, { legacy: tasksLegacy });
    this.client.control$.subscribe((message) => {
      if (message.event === 'transport_switch') this.told(message.payload.to);
    });
    const call = (title: string) => this.create(title);
    const isMoving = () => this.isMoving;
    if (record) this.calls = new ClientCalls({ record, prefix: clientId, call, isMoving });
    this.check = room.follow(this.client, tally, (event) => this.delivered(event));
  }

  /** The current or last move; at first the one to where it begins. */
  get move(): Readonly<Move> {
    return this.current;
  }

  /** How often the client has connected again. */
  get reconnects(): number {
    return this.realtime.stats().reconnects;
  }

  /** Expects a move; returns the longest gap since the last one, in milliseconds. */
  expect(to: Side): number {
    const move: Move = { to };
    this.current = move;
    void this.calls?.begin(this.options.random() * FIRST_CALL_MS, () => move.moved !== undefined);
    return this.takeGap();
  }

  /** Returns the longest gap in its deliveries since the last call, in milliseconds. */
  takeGap(): number {
    return this.gap.take();
  }

  /** Begins its gaps anew, at the next delivery. */
  forgetGap(): void {
    this.gap.forget();
  }

  /** Its wire and state, as text. */
  get place(): string {
    const { wire, state$ } = this.client.connection;
    return `${state$.value} on ${wire ?? 'no wire'}`;
  }

  /** Whether it is in its room, on the wire of its current or last move. */
  get isThere(): boolean {
    const { connection } = this.client;
    // While another wire is still open, that one may serve the room.
    return connection.state$.value === 'subscribed' && connection.wires().every((wire) => wire === this.current.to);
  }

  /** Whether the client has been on the new wire since the start of the move; asks it, because no event tells. */
  hasMoved(): boolean {
    const { current, calls } = this;
    calls?.look();
    if (current.moved === undefined && this.isThere) current.moved = systemNow();
    return current.moved !== undefined;
  }

  /** Counts the missing events up to a position. */
  behind(head: Position): number {
    return this.check.behind(head);
  }

  /** Makes no more calls. */
  stopCalls(): void {
    this.calls?.stop();
  }

  /** Creates a task; when the server cannot tell the outcome, it does what the refusal advises: look, then call again. */
  private async create(title: string): Promise<void> {
    const { room, client, options } = this;
    try {
      await client.call('create_task', { project_id: room.key, title });
    } catch (refusal) {
      if (!(refusal instanceof RemoteFault && refusal.code === 'call.outcome_unknown')) throw refusal;
      options.calls?.noteUnknown();
      if (!(await room.titles()).includes(title)) await this.create(title);
    }
  }

  private told(to: string): void {
    const { current } = this;
    if (current.to !== to || current.told !== undefined) return;
    current.told = systemNow();
  }

  /** Whether no wire serves it, or it has opened the new wire and the old one still serves. */
  private get isMoving(): boolean {
    const { current, client } = this;
    const { wire, state$ } = client.connection;
    const hasOpened = wire !== current.to && client.connection.wires().includes(current.to);
    return hasOpened || state$.value === 'reconnecting';
  }

  private delivered(event: Task): void {
    const { room, gap } = this;
    const sent = room.sentAt(event);
    if (sent === undefined) return;
    this.deliveredAt = performance.now();
    gap.delivered(this.deliveredAt, sent);
  }
}
