import { notes } from '../../../test/notes.contract.js';
import { LegacyTransport } from './legacy.transport.js';

const nothing = () => undefined;
const room = { id: 'b1', key: 'b1', name: 'book:b1', position: nothing, joining: nothing, lost: nothing };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('the old wire is tried rarely while another wire serves its rooms', async () => {
  let opened = 0;
  class Refused {
    constructor() {
      opened += 1;
      throw new Error('refused');
    }
  }
  const attempts = async (isServed: boolean) => {
    const transport = new LegacyTransport({
      contract: notes,
      path: '/ws/notes/{book_id}',
      tokens: { token: () => Promise.resolve(undefined), retryDelay: () => 0 },
      url: 'http://localhost:1',
      backoff: { minMs: 20, maxMs: 40 },
      WebSocket: Refused,
    } as never);
    transport.ease(isServed);
    transport.join(room as never);
    opened = 0;
    await jest.advanceTimersByTimeAsync(60_000);
    transport.close();
    return opened;
  };
  expect(await attempts(false)).toBeGreaterThan(4 * (await attempts(true)));
});
