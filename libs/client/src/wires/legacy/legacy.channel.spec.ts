import { notes } from '../../../test/notes.contract.js';
import { ServerClock } from '../../clock/server.clock.js';
import { TokenKeeper } from '../../identity/token.keeper.js';
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

it('a second warning that the token expires closes the socket that the first one opened', async () => {
  const sockets: FakeSocket[] = [];
  class FakeSocket {
    isOpen = true;
    private readonly listeners: Record<string, (event: object) => void> = {};
    constructor() {
      sockets.push(this);
    }
    addEventListener(type: string, listener: (event: object) => void) {
      this.listeners[type] = listener;
    }
    close() {
      this.isOpen = false;
    }
    send(event: string, fields: object) {
      this.listeners.message?.({ data: JSON.stringify({ type: '_sy', _sy: { event, ...fields } }) });
    }
  }
  let token = 0;
  const tokens = new TokenKeeper(() => `t${(token += 1)}`, { minMs: 1, maxMs: 2 });
  const transport = new LegacyTransport({
    contract: notes,
    path: '/ws/notes/{book_id}',
    tokens,
    url: 'http://localhost:1',
    clock: new ServerClock(),
    backoff: { minMs: 20, maxMs: 40 },
    joinTimeoutMs: 10_000,
    WebSocket: FakeSocket,
  } as never);
  transport.join({ ...room, joined: nothing } as never);
  await jest.advanceTimersByTimeAsync(1);
  const warn = async () => {
    sockets[0]!.send('auth_expiring', { payload: { expires_in_ms: 10_000 } });
    await jest.advanceTimersByTimeAsync(1);
  };
  sockets[0]!.send('joined', { recovered: false, epoch: 'e', offset: 0 });
  await warn();
  await warn();
  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([true, false, true]);
  transport.close();
  expect(sockets.some(({ isOpen }) => isOpen)).toBe(false);
});
