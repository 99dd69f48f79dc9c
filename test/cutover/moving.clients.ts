import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../harness/random.js';
import type { DeliveryTally } from '../load/delivery.check.js';
import { LoadRoom } from '../load/load.room.js';
import { CallRecord } from './call.record.js';
import { EventLoopLag } from './event.loop.lag.js';
import type { EndFigures, LoadCommands, LoadPart, LoadState, MoveFigures, SteadyFigures } from './load.commands.js';
import { MovingClient } from './moving.client.js';
import type { Side } from './stage.control.js';

/** The number of clients that connect at the same time. */
const CONNECTING = 50;
/** The longest time until they are connected, in milliseconds. */
const CONNECT_MS = 60_000;
/** One of this many clients makes calls. */
const CLIENTS_PER_CALLER = 25;
/** How often clients are looked at, in milliseconds; a look at a thousand of them takes some itself. */
const LOOK_EVERY_MS = 25;

/** The rooms and clients of one load process. */
export class MovingClients implements LoadCommands {
  private readonly tally: DeliveryTally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };
  private readonly calls = new CallRecord();
  private readonly lag = new EventLoopLag();
  private rooms: LoadRoom[] = [];
  private readonly clients: MovingClient[] = [];
  private steadySince = { at: 0, delivered: 0 };

  async begin({ url, name, rooms, rate, seed }: LoadPart): Promise<void> {
    const random = randomFrom(seed);
    this.rooms = await Promise.all(rooms.map(() => LoadRoom.start({ url })));
    const places = this.rooms.flatMap((room, index) => Array.from({ length: rooms[index]! }, () => room));
    for (let first = 0; first < places.length; first += CONNECTING) {
      for (const room of places.slice(first, first + CONNECTING)) {
        const { calls, clients, tally } = this;
        const clientId = `${name}-${String(clients.length).padStart(6, '0')}`;
        const isCaller = clients.length % CLIENTS_PER_CALLER === 0;
        clients.push(new MovingClient(room, tally, { url, clientId, random, ...(isCaller && { calls }) }));
      }
      await this.waitFor(({ isThere }) => isThere, CONNECT_MS);
      const away = this.clients.find(({ isThere }) => !isThere);
      if (away) throw new Error(`unable to begin; after ${CONNECT_MS} ms a client is ${away.place}`);
    }
    // Not all at once, because people do not write in step.
    for (const room of this.rooms) {
      room.begin(rate);
      await pause(1000 / rate / this.rooms.length);
    }
    this.lag.take();
    this.startSteady();
  }

  state(): LoadState {
    const { tally, clients } = this;
    const count = (is: (client: MovingClient) => boolean) => clients.filter(is).length;
    return {
      tally,
      told: count(({ move }) => move.told !== undefined),
      moved: count(({ move }) => move.moved !== undefined),
      reconnects: clients.reduce((sum, { reconnects }) => sum + reconnects, 0),
    };
  }

  places(): Record<string, number> {
    const places: Record<string, number> = {};
    for (const client of this.clients) {
      client.hasMoved();
      places[client.place] = (places[client.place] ?? 0) + 1;
    }
    return places;
  }

  expect(to: Side): SteadyFigures {
    const { at, delivered } = this.steadySince;
    const [now, lag] = [performance.now(), this.lag.take()];
    const gaps_ms = this.clients.map((client) => client.expect(to));
    return { delivered: this.tally.delivered - delivered, duration_ms: now - at, gaps_ms, lag };
  }

  async moved(patience_ms: number): Promise<void> {
    await this.waitFor((client) => client.hasMoved(), patience_ms);
  }

  async settled(patience_ms: number): Promise<MoveFigures> {
    const since = performance.now();
    const isThere = (client: MovingClient) => client.hasMoved() && client.isThere && client.deliveredAt > since;
    await this.waitFor(isThere, patience_ms);
    const all = (time: (client: MovingClient) => number | undefined) =>
      this.clients.map(time).filter((ms) => ms !== undefined);
    const figures = {
      told: all(({ move }) => move.told),
      moved: all(({ move }) => move.moved),
      away: this.clients.filter(({ isThere }) => !isThere).map(({ place }) => place),
      gaps_ms: this.clients.map((client) => client.takeGap()),
      lag: this.lag.take(),
    };
    this.collectGarbage();
    this.startSteady();
    return figures;
  }

  async end(patience_ms: number): Promise<EndFigures> {
    for (const client of this.clients) client.stopCalls();
    const began = performance.now();
    await Promise.race([this.calls.settled(), pause(patience_ms, undefined, { ref: false })]);
    await Promise.all(this.rooms.map((room) => room.end()));
    const heads = new Map(await Promise.all(this.rooms.map(async (room) => [room, await room.head()] as const)));
    const behind = (client: MovingClient) => client.behind(heads.get(client.room)!);
    await this.waitFor((client) => behind(client) === 0, patience_ms);
    const waited_ms = performance.now() - began;
    const effects = (await Promise.all(this.rooms.map((room) => room.titles()))).flat();
    const sum = (count: (room: LoadRoom) => number) => this.rooms.reduce((total, room) => total + count(room), 0);
    return {
      waited_ms,
      calls: this.calls.compare(effects),
      refusals: this.calls.refusals,
      behind: this.clients.filter((client) => behind(client) > 0).length,
      missing: this.clients.reduce((total, client) => total + behind(client), 0),
      unseen: sum(({ ledger }) => ledger.unseen),
      published: {
        acknowledged: sum(({ changes }) => changes.acknowledged),
        unknown: sum(({ changes }) => changes.unknown),
      },
    };
  }

  /** Collects it where no one measures, rather than in the middle of the next move. */
  private collectGarbage(): void {
    globalThis.gc?.();
    for (const client of this.clients) client.forgetGap();
    this.lag.take();
  }

  private startSteady(): void {
    this.steadySince = { at: performance.now(), delivered: this.tally.delivered };
  }

  private async waitFor(is: (client: MovingClient) => boolean, patience_ms: number): Promise<void> {
    const until = performance.now() + patience_ms;
    // Every time all of them, because a client that was there may be lost again.
    while (performance.now() < until && this.clients.filter((client) => !is(client)).length > 0) {
      await pause(LOOK_EVERY_MS);
    }
  }
}
