import { CallRepeats, CALL_WINDOW_MS } from '../../libs/server/src/dispatch/call.repeats.js';
import { DEFAULT_CALL_LIMITS } from '../../libs/client/src/call/call.queue.js';
import { MemoryStore } from '@switchyard/server';

/** How long a call may be under way that was sent at the last moment, in ms. */
const UNDER_WAY_MS = 30_000;

describe('the window in which a repeated call is recognised', () => {
  it('is longer than the time for which a client repeats the call', () => {
    expect(CALL_WINDOW_MS).toBeGreaterThanOrEqual(DEFAULT_CALL_LIMITS.expiryMs + UNDER_WAY_MS);
  });

  it('is the time for which the store keeps a call', async () => {
    const store = new MemoryStore();
    const begin = jest.spyOn(store.calls, 'begin');
    const attempt = { key: 'user:somebody|id', digest: 'd', repeatable: false };
    await new CallRepeats(store).once(attempt, () => Promise.resolve({ ok: true, data: null }));
    expect(begin.mock.calls.map(([, , window_ms]) => window_ms)).toEqual([CALL_WINDOW_MS]);
  });
});
