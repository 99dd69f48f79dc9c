import { openWs } from '../harness/clients.js';
import type { ToyApp } from '../toys/toy.app.js';
import { SketchGateway } from './sketches.toy.js';
import { startOldWire } from './old.wire.server.js';

describe('an old wire whose clients have ids besides the room that they share', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    const authenticate = ({ token }: { token?: string }) => Promise.resolve(token ? { id: token } : undefined);
    toys = await startOldWire(SketchGateway, { authenticate });
  });
  afterAll(() => toys.close());

  const open = async (sketch: string, query = '') => {
    const ws = await openWs(toys.url, `/sketches/${sketch}?${query}`).opened();
    const welcome = await ws.nextJson<{ client_id: string; isNew: boolean }>();
    expect(await ws.nextJson()).toEqual({ type: 'sketch', for: welcome.client_id });
    return { ws, ...welcome };
  };
  type Client = Awaited<ReturnType<typeof open>>;
  /** Draws, and returns what its client and the others get. */
  const draw = async (n: number, by: Client, ...others: Client[]) => {
    by.ws.send({ draw: n });
    return Promise.all([by, ...others].map(({ ws }) => ws.nextJson()));
  };

  it('tells a client without an id a new one', async () => {
    const [one, two] = [await open('a'), await open('a', 'client=')];
    expect([one.client_id, two.client_id]).toEqual([
      expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    ]);
    expect([one.isNew, two.isNew, one.client_id === two.client_id]).toEqual([true, true, false]);
    expect(await open('a', 'client=page')).toMatchObject({ client_id: 'page', isNew: false });
  });

  it('closes the older WebSocket of the same id in the same room, and no other', async () => {
    const [first, neighbour, elsewhere, eve] = [
      await open('b', 'client=page'),
      await open('b', 'client=other'),
      await open('b2', 'client=page'),
      await open('b', 'client=page&token=eve'),
    ];
    const second = await open('b', 'client=page');
    expect(await first.ws.closed()).toEqual({ code: 4000, reason: 'replaced' });
    expect(await draw(1, second, neighbour, eve)).toEqual([
      { type: 'drawn', n: 1 },
      { type: 'stroke', n: 1 },
      { type: 'stroke', n: 1 },
    ]);
    expect(await draw(2, elsewhere)).toEqual([{ type: 'drawn', n: 2 }]);
  });

  it('shows an event to all clients but those that the codec leaves out, or fails on', async () => {
    const [one, two] = [await open('c'), await open('c')];
    const drawn = (n: number) => ({ type: 'drawn', n });
    const stroke = (n: number) => ({ type: 'stroke', n });
    expect(await draw(-1, one)).toEqual([drawn(-1)]);
    expect(await draw(1, one, two)).toEqual([drawn(1), stroke(1)]);
    expect(await draw(2, two, one)).toEqual([drawn(2), stroke(2)]);
  });

  it('ignores what a replaced client says before it has noticed', async () => {
    const first = await open('d', 'client=page');
    first.ws.ws.pause();
    const second = await open('d', 'client=page');
    first.ws.send({ draw: 1 });
    first.ws.ws.resume();
    expect((await first.ws.closed()).code).toBe(4000);
    const third = await open('d');
    expect(await draw(2, third, second)).toEqual([
      { type: 'drawn', n: 2 },
      { type: 'stroke', n: 2 },
    ]);
  });
});
