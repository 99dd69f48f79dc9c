import { setTimeout as pause } from 'node:timers/promises';
import { slowness } from '../harness/machine.js';
import type { ApplicationNodes } from './application.nodes.js';
import { busyServices, type BusyRoom } from './busy.service.js';
import { Follower, type Tally } from './follower.js';

const RETRY_MS = 50;
/** The time limit for effects that come without a request. */
const PATIENCE_MS = 20_000;

interface Busy {
  service: string;
  room: BusyRoom;
  /** The node that started it. */
  node: number;
  followers: { follower: Follower; node: number }[];
}

/** Keeps a room of every service busy while nodes are killed, and follows each. */
export class BusyRooms {
  private busy: Busy[] = [];
  private acting: Promise<unknown> = Promise.resolve();
  private readonly killed = new Set<number>();
  private stopped = true;

  constructor(
    private readonly app: ApplicationNodes,
    private readonly tally: Tally,
    /** The pause after each step in milliseconds. */
    private readonly rest_ms = 0,
  ) {}

  /** Opens a room of each service on the nodes in turn, with that many followers on each node. */
  async begin(followers: number): Promise<void> {
    const { nodes } = this.app;
    this.stopped = false;
    this.killed.clear();
    await Promise.all(
      busyServices().map(async (service, index) => {
        const node = index % nodes.length;
        const room = await service.start(this.app.server(node));
        const each = Array.from({ length: followers * nodes.length }, (_, n) => ({
          follower: new Follower(service.contract, room.key, this.tally),
          node: n % nodes.length,
        }));
        this.busy.push({ service: service.contract.name, room, node, followers: each });
        await Promise.all(each.map(({ follower, node }) => follower.join(this.app.server(node))));
      }),
    );
    this.acting = Promise.all(this.busy.map(({ room }) => this.keepBusy(room)));
  }

  /** Resolves once all followers of active rooms have received that many events. */
  async received(count: number): Promise<void> {
    const mayHaveEnded = ({ room, node }: Busy) => room.isRun || this.killed.has(node);
    const goesOn = (busy: Busy) => !busy.room.isShort && !(this.killed.size > 0 && mayHaveEnded(busy));
    const lasting = this.busy.filter(goesOn).flatMap(({ followers }) => followers);
    await Promise.all(lasting.map(({ follower }) => follower.next(count)));
  }

  /** Moves the followers of a killed node elsewhere; resolves to each one's delay in milliseconds. */
  async leave(node: number): Promise<number[]> {
    this.killed.add(node);
    const left = this.busy.flatMap(({ followers }) => followers).filter((each) => each.node === node);
    return Promise.all(left.map(({ follower, node }) => this.rejoin(follower, node)));
  }

  /** Ends the work. @throws Error when acknowledged data is missing, a card is stuck or a log differs */
  async end(): Promise<void> {
    this.stopped = true;
    for (const { room } of this.busy) room.close?.();
    await this.acting;
    const died = this.app.nodes.length === 1 && this.killed.size > 0;
    for (const { service, room } of this.busy) {
      await inTime(`the end of ${service} ${room.key}`, room.check(died));
    }
    for (const { service, room, followers } of this.busy) {
      for (const { follower, node } of followers) {
        await inTime(`all of ${service} ${room.key}`, follower.compare(this.app.server(node)));
        follower.leave();
      }
    }
    this.busy = [];
  }

  /** Releases everything in any state. */
  close(): void {
    this.stopped = true;
    for (const { room, followers } of this.busy) {
      room.close?.();
      for (const { follower } of followers) follower.leave();
    }
    this.busy = [];
  }

  private async rejoin(follower: Follower, node: number): Promise<number> {
    const began = performance.now();
    for (;;) {
      try {
        await follower.join(this.app.server(node));
        return performance.now() - began;
      } catch {
        if (this.stopped) return performance.now() - began;
        await pause(RETRY_MS);
      }
    }
  }

  private async keepBusy(room: BusyRoom): Promise<void> {
    while (!this.stopped) {
      // A step fails while a node or the store is down; the next one runs on a live node.
      const failed = await room.act().then(
        () => false,
        () => true,
      );
      if (this.rest_ms || failed) await pause(Math.max(this.rest_ms, failed ? RETRY_MS : 0));
    }
  }
}

async function inTime(what: string, seen: Promise<void>): Promise<void> {
  const over = new AbortController();
  const wait = (ms: number) => pause(ms, undefined, { signal: over.signal });
  const late = async () => {
    await wait(PATIENCE_MS);
    // Only now, because measuring the machine keeps it busy.
    const patience_ms = PATIENCE_MS * slowness();
    await wait(patience_ms - PATIENCE_MS);
    throw new Error(`unable to see ${what}; it took over ${patience_ms.toFixed(0)} ms`);
  };
  await Promise.race([seen, late()]).finally(() => over.abort());
}
