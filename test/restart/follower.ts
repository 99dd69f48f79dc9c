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
import { poll, type Server } from './busy.service.js';

/** What followers have seen, all together. */
export interface Tally {
  delivered: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** Times a client came back and was given what it had missed. */
  recovered: number;
  /** Times it was told that this could not be done, with a snapshot. */
  snapshots: number;
}

/** A tally of nothing yet. */
export function emptyTally(): Tally {
  return { delivered: 0, lost: 0, duplicated: 0, reordered: 0, recovered: 0, snapshots: 0 };
}

/** A plain client that follows one room through restarts with nothing but the last position it has seen. */
export class Follower {
  /** The last position seen. */
  position: Position | undefined;
  /** What it has seen since it last had a snapshot, as `epoch:offset payload`. */
  private seen: string[] = [];
  private from: Position | undefined;
  private socket: Socket | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly contract: ServiceContract,
    readonly key: string,
    private readonly tally: Tally,
  ) {}

  /** Joins, or joins again with the last position; resolves to how long that took, in ms, the connection included. */
  async join({ url }: Server): Promise<number> {
    this.leave();
    const began = performance.now();
    const socket = io(url + this.contract.namespace, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      // As our own client, which takes the snapshot from the reply.
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

  /** Resolves once it has seen `count` more events. */
  async next(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Waits until it has seen what there is now, and complains unless that is what the log says, each event once. */
  async compare(server: Server): Promise<void> {
    const { recovered, offset, events } = await poll(server, this.contract, this.key, formatPosition(this.from!));
    while (this.position!.offset < offset) await this.next(1);
    // The log keeps no more than it says it does; then there is nothing to compare with.
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
