import { roomName, type JoinReply, type LoggedEvent, type Position, type ServiceContract } from '@switchyard/contract';
import { pollingWire } from './polling.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { socketIoWire } from './socketio.wire-client.js';
import type { WireUnderTest } from './wire.client.js';

/** Checks the rooms of a service on one wire, whichever node does the work. */
export function wireConformance<C extends ServiceContract>(
  { contract, unknown, notFound }: ServiceUnderTest<C>,
  wire: WireUnderTest,
  service: () => ServedService,
): void {
  const connect = () => wire.connect(service().served);
  /** The answers of the node that does the work. */
  const head = (key: string): Promise<JoinReply> => pollingWire(contract).connect(service().url).join(key);

  it('answers a join with a position, the time and the snapshot', async () => {
    const key = await service().room();
    await service().act(key);
    const reply = await connect().join(key);
    expect(reply).toMatchObject({ room: roomName(contract, key), recovered: false });
    expect(reply.snapshot).toEqual(expect.any(Object));
    expect(reply.offset).toBeGreaterThan(0);
    expect(reply.epoch).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(new Date(reply.server_time).toISOString()).toBe(reply.server_time);
    expect(reply.events).toBeUndefined();
  });

  it('sends every event after the join, once and in order', async () => {
    const key = await service().room();
    const client = connect();
    const reply = await client.join(key);
    for (let times = 0; times < 3; times += 1) await service().act(key);
    const { epoch, offset } = await head(key);
    const events = await takeTo(client.next.bind(client), offset);
    expect(events.map((event) => event.offset)).toEqual(range(reply.offset + 1, offset));
    expect(new Set(events.map((event) => event.epoch))).toEqual(new Set([epoch]));
  });

  it('replays exactly the missed events to a client that comes back', async () => {
    const key = await service().room();
    const witness = socketIoWire(contract).connect(service().url);
    const position = await witness.join(key);
    for (let times = 0; times < 3; times += 1) await service().act(key);
    const { epoch, offset } = await head(key);
    const seen = await takeTo(witness.next.bind(witness), offset);
    const reply = await connect().join(key, positionOf(position));
    expect(reply).toMatchObject({ recovered: true, epoch, offset });
    expect(reply.snapshot).toBeUndefined();
    expect(reply.events).toEqual(seen);
  });

  it('replays nothing to a client that missed nothing', async () => {
    const key = await service().room();
    await service().act(key);
    const at = positionOf(await head(key));
    const reply = await connect().join(key, at);
    expect(reply).toMatchObject({ recovered: true, events: [], ...at });
  });

  it.each([
    ['of another epoch', (at: Position) => ({ ...at, epoch: 'another.epoch' })],
    ['beyond the last event', (at: Position) => ({ ...at, offset: at.offset + 1000 })],
  ])('answers a position %s with a snapshot', async (_which, change) => {
    const key = await service().room();
    await service().act(key);
    const at = positionOf(await head(key));
    const reply = await connect().join(key, change(at));
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
    const key = await service().room();
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
