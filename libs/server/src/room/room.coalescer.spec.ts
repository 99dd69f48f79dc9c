import type { Position } from '@switchyard/contract';
import { RoomCoalescer, type Offer } from './room.coalescer.js';

const INTERVAL_MS = 20;

/** A coalescer and the log that it appends to. */
function start() {
  const log: string[] = [];
  let appended = () => {};
  const append = ({ event, payload }: Offer): Promise<Position> => {
    const offset = log.push(`${event} ${JSON.stringify(payload)}`);
    appended();
    return Promise.resolve({ epoch: 'e', offset });
  };
  const coalescer = new RoomCoalescer(INTERVAL_MS, append, () => {});
  const offer = (event: string, n: number) => coalescer.offer({ event, payload: { n }, writes: [] });
  const until = async (length: number) => {
    while (log.length < length) await new Promise<void>((resolve) => (appended = resolve));
  };
  return { coalescer, log, append, offer, until };
}

describe('a state room with two kinds of events', () => {
  it('appends them in the order of their offers, and returns each its position', async () => {
    const { log, offer } = start();
    const positions = [offer('step', 1), offer('step', 2), offer('phase', 1), offer('phase', 2), offer('step', 3)];
    const offsets = (await Promise.all(positions)).map(({ offset }) => offset);
    expect(log).toEqual(['step {"n":1}', 'step {"n":2}', 'phase {"n":2}', 'step {"n":3}']);
    expect(offsets).toEqual([1, 2, 3, 3, 4]);
  });

  it('appends the earlier kind before the interval ends', () => {
    const { log, offer } = start();
    for (const [event, n] of [
      ['step', 1],
      ['step', 2],
      ['phase', 1],
    ] as const)
      void offer(event, n);
    expect(log).toEqual(['step {"n":1}', 'step {"n":2}']);
  });

  it('appends the waiting event before an urgent one of another kind, and settles both', async () => {
    const { coalescer, log, append, offer } = start();
    const waiting = [offer('step', 1), offer('step', 2)];
    const last = coalescer.supersede('done', () => append({ event: 'done', payload: {}, writes: [] }));
    expect((await Promise.all([...waiting, last])).map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(log).toEqual(['step {"n":1}', 'step {"n":2}', 'done {}']);
    expect(coalescer.busy).toBe(false);
  });

  it('replaces the waiting event by an urgent one of its own kind, and settles both', async () => {
    const { coalescer, log, append, offer } = start();
    const waiting = [offer('step', 1), offer('step', 2)];
    const last = coalescer.supersede('step', () => append({ event: 'step', payload: { n: 3 }, writes: [] }));
    expect((await Promise.all([...waiting, last])).map(({ offset }) => offset)).toEqual([1, 2, 2]);
    expect(log).toEqual(['step {"n":1}', 'step {"n":3}']);
  });

  it('appends the last waiting event when the interval ends, and then begins another interval', async () => {
    const { coalescer, log, offer, until } = start();
    void offer('step', 1);
    const second = offer('step', 2);
    const third = offer('step', 3);
    expect(log).toHaveLength(1);
    await until(2);
    expect([await second, await third]).toEqual([
      { epoch: 'e', offset: 2 },
      { epoch: 'e', offset: 2 },
    ]);
    expect(log[1]).toBe('step {"n":3}');
    expect(coalescer.busy).toBe(true);
  });

  it('rejects the offer of an event that could not be appended', async () => {
    const refused = new Error('no store');
    const coalescer = new RoomCoalescer(
      INTERVAL_MS,
      () => Promise.reject(refused),
      () => {},
    );
    const offers = [1, 2, 3].map((n) =>
      coalescer.offer({ event: n < 3 ? 'step' : 'phase', payload: { n }, writes: [] }),
    );
    for (const { status } of await Promise.allSettled(offers)) expect(status).toBe('rejected');
  });
});
