import { equal, ok } from 'node:assert/strict';
import {
  formatPosition,
  roomName,
  type EventPosition,
  type JoinReply,
  type Position,
  type Reply,
  type ServiceContract,
} from '@switchyard/contract';
import { io, type Socket } from 'socket.io-client';
import type { DeliveryTally } from '../load/delivery.check.js';
import { poll, type Server } from './busy.service.js';

/** The sum of what all followers have seen. */
export interface Tally extends DeliveryTally {
  /** How often a client came back and got the missed events. */
  recovered: number;
}

/** Creates an empty tally. */
export function emptyTally(): Tally {
  return { delivered: 0, lost: 0, duplicated: 0, reordered: 0, recovered: 0, snapshots: 0 };
}

/** A plain client that follows a room through restarts by the last position it has seen. */
export class Follower {
  /** The last seen position. */
  position: Position | undefined;
  /** What it has seen since the last snapshot, as `epoch:offset payload`. */
  private seen: string[] = [];
  private from: Position | undefined;
  private socket: Socket | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly contract: ServiceContract,
    readonly key: string,
    private readonly tally: Tally,
  ) {}

  /** Joins, or resumes at the last position; resolves to the duration in milliseconds, including the connection. */
  async join({ url }: Server): Promise<number> {
    this.leave();
    const began = performance.now();
    const socket = io(url + this.contract.namespace, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      // Like our own client, which takes the snapshot from the reply.
      auth: { sdk: '0.0.0' },
    });
    this.socket = socket;
    socket.onAny((event: string, payload: unknown, position?: EventPosition) => {
      if (position?.offset !== undefined) this.take(event, payload, position as Position);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect_error', reject);
      socket.once('connect', () => {
        const request = { room: roomName(this.contract, this.key), since: this.position };
        socket.emit('join_room', request, (reply: Reply<JoinReply>) => {
          if (!reply.ok) return reject(new Error(reply.error.code));
          this.adopt(reply.data);
          resolve();
        });
      });
    });
    return performance.now() - began;
  }

  /** Resolves after `count` more events. */
  async next(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Waits for the current end of the log, and fails unless it has seen each of the log's events once. */
  async compare(server: Server): Promise<void> {
    const { recovered, offset, events } = await poll(server, this.contract, this.key, formatPosition(this.from!));
    while (this.position!.offset < offset) await this.next(1);
    // The log is bounded; without its start there is nothing to compare.
    if (!recovered) return;
    const logged = events!.map(({ event, payload, ...position }) => line(event, payload, position));
    equal(this.seen.slice(0, logged.length).join('\n'), logged.join('\n'));
  }

  leave(): void {
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private adopt(reply: JoinReply): void {
    if (reply.recovered) {
      this.tally.recovered += 1;
      for (const { event, payload, ...position } of reply.events!) this.take(event, payload, position);
      if (this.position!.offset !== reply.offset) this.tally.lost += 1;
      return;
    }
    if (this.position) this.tally.snapshots += 1;
    ok(reply.snapshot);
    this.position = this.from = { epoch: reply.epoch, offset: reply.offset };
    this.seen = [];
  }

  private take(event: string, payload: unknown, { epoch, offset }: Position): void {
    const before = this.position!.offset;
    if (offset > before + 1) this.tally.lost += offset - before - 1;
    const text = line(event, payload, { epoch, offset });
    if (offset <= before) this.tally[this.seen.includes(text) ? 'duplicated' : 'reordered'] += 1;
    this.tally.delivered += 1;
    this.position = { epoch, offset };
    this.seen.push(text);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

function line(event: string, payload: unknown, { epoch, offset }: Position): string {
  return `${epoch}:${offset} ${event} ${JSON.stringify(payload)}`;
}
