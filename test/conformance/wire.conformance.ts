import { roomName, type JoinReply, type LoggedEvent, type Position, type ServiceContract } from '@switchyard/contract';
import { pollingWire } from './polling.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { socketIoWire } from './socketio.wire-client.js';
import type { WireUnderTest } from './wire.client.js';

/** How often something happens in the room while clients are in it. */
const EVENTFUL = 3;

/** Checks the rooms of a service on one wire, whichever node does the work. */
export function wireConformance<C extends ServiceContract>(
  { contract, unknown, notFound }: ServiceUnderTest<C>,
  wire: WireUnderTest,
  service: () => ServedService,
): void {
  const connect = () => wire.connect(service().served);
  /** The answers of the node that does the work. */
  const head = (key: string): Promise<JoinReply> => pollingWire(contract).connect(service().url).join(key);

  /** One room for all tests of a wire, with what clients saw in it; only the last test changes it. */
  let key: string;
  let joined: JoinReply;
  let witnessed: Position;
  let at: Position;
  let live: LoggedEvent[];
  let seen: LoggedEvent[];
  beforeAll(async () => {
    key = await service().room();
    await service().act(key);
    const [client, witness] = [connect(), socketIoWire(contract).connect(service().url)];
    joined = await client.join(key);
    witnessed = positionOf(await witness.join(key));
    for (let times = 0; times < EVENTFUL; times += 1) await service().act(key);
    at = positionOf(await head(key));
    live = await takeTo(client.next.bind(client), at.offset);
    seen = await takeTo(witness.next.bind(witness), at.offset);
  });

  it('answers a join with a position, the time and the snapshot', () => {
    expect(joined).toMatchObject({ room: roomName(contract, key), recovered: false });
    expect(joined.snapshot).toEqual(expect.any(Object));
    expect(joined.offset).toBeGreaterThan(0);
    expect(joined.epoch).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(new Date(joined.server_time).toISOString()).toBe(joined.server_time);
    expect(joined.events).toBeUndefined();
  });

  it('sends every event after the join, once and in order', () => {
    expect(live.map((event) => event.offset)).toEqual(range(joined.offset + 1, at.offset));
    expect(new Set(live.map((event) => event.epoch))).toEqual(new Set([at.epoch]));
  });

  it('replays exactly the missed events to a client that comes back', async () => {
    const reply = await connect().join(key, witnessed);
    expect(reply).toMatchObject({ recovered: true, ...at });
    expect(reply.snapshot).toBeUndefined();
    expect(reply.events).toEqual(seen);
  });

  it('replays nothing to a client that missed nothing', async () => {
    const reply = await connect().join(key, at);
    expect(reply).toMatchObject({ recovered: true, events: [], ...at });
  });

  it.each([
    ['of another epoch', () => ({ ...at, epoch: 'another.epoch' })],
    ['beyond the last event', () => ({ ...at, offset: at.offset + 1000 })],
  ])('answers a position %s with a snapshot', async (_which, position) => {
    const reply = await connect().join(key, position());
    expect(reply).toMatchObject({ recovered: false, ...at });
    expect(reply.snapshot).toEqual(expect.any(Object));
    expect(reply.events).toBeUndefined();
  });

  if (unknown) {
    it('refuses an unknown id with a code and help', async () => {
      const refusal = connect().join(unknown);
      await expect(refusal).rejects.toMatchObject({
        code: notFound ?? 'room.not_found',
        help: expect.any(String),
      });
    });
  }

  if (!ends(contract)) return;
  it('ends with the final state for a client that comes after the end', async () => {
    const client = connect();
    await client.join(key);
    await service().finish!(key);
    const { snapshot, offset } = await head(key);
    const events = await takeTo(client.next.bind(client), offset);
    const late = await connect().join(key);
    expect(late.snapshot).toEqual(snapshot);
    expect(events.at(-1)!.offset).toBe(late.offset);
  });
}

/** Returns only the epoch and the offset. */
export function positionOf({ epoch, offset }: Position): Position {
  return { epoch, offset };
}

/** Takes events up to an offset. */
export async function takeTo(next: () => Promise<LoggedEvent>, offset: number): Promise<LoggedEvent[]> {
  const events = [await next()];
  while (events.at(-1)!.offset < offset) events.push(await next());
  return events;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Whether rooms of this service come to an end. */
function ends(contract: ServiceContract): boolean {
  return [...contract.events.values()].some(({ terminal }) => terminal !== undefined);
}
