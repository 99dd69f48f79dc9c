import { EventEmitter, once } from 'node:events';
import type { ControlPayloads } from '@switchyard/contract';
import { identify, type Caller } from '../caller/caller.js';
import { CredentialExpiry, type CredentialHolder } from './credential.expiry.js';

/** A connection that records its notices. */
class Holder extends EventEmitter implements CredentialHolder {
  readonly notices: string[] = [];
  left_ms = NaN;
  caller: Caller;

  constructor(
    expires_at: number | undefined,
    private readonly failing = false,
  ) {
    super();
    this.expire(expires_at);
  }

  expire(expires_at: number | undefined): void {
    this.caller = identify('socketio', { id: 'ada', expires_at }, undefined);
  }

  warn({ expires_in_ms }: ControlPayloads['auth_expiring']): void {
    this.left_ms = expires_in_ms;
    this.record('warn');
  }

  sendError(): void {
    this.record('refuse');
    if (this.failing) throw new Error('no word for it');
  }

  end(): void {
    this.record(`end ${Date.now() >= this.caller.user!.expires_at!}`);
  }

  private record(notice: string): void {
    this.notices.push(notice);
    this.emit(notice.split(' ')[0]!);
  }
}

const HOUR_MS = 3_600_000;

describe('the expiry of credentials', () => {
  let expiry: CredentialExpiry;
  const start = (authExpiringMs: number) => (expiry = new CredentialExpiry({ authExpiringMs }));
  afterEach(() => expiry.onModuleDestroy());

  it.each([
    ['the configured time before', 800, 1700, 800],
    ['in the middle of a short lifetime', HOUR_MS, 1700, 850],
  ])('is announced %s', async (_when, authExpiringMs, life, left) => {
    start(authExpiringMs);
    const holder = new Holder(Date.now() + life);
    expiry.enter(holder);
    await once(holder, 'warn');
    expect(holder.notices).toEqual(['warn']);
    expect(holder.left_ms).toBeLessThanOrEqual(left);
    expect(holder.left_ms).toBeGreaterThan(0);
  });

  it('comes in order and never early, whatever the order of arrival', async () => {
    start(0);
    const order: string[] = [];
    const holders = [1200, 400, 800].map((ms) => {
      const holder = new Holder(Date.now() + ms);
      return holder.once('end', () => order.push(`${ms}: ${holder.notices.join()}`));
    });
    const all = holders.map((holder) => once(holder, 'end'));
    holders.forEach((holder) => expiry.enter(holder));
    await Promise.all(all);
    expect(order).toEqual([400, 800, 1200].map((ms) => `${ms}: refuse,end true`));
  });

  it('comes at once for a credential that ended while the connection was opened', async () => {
    start(HOUR_MS);
    const holder = new Holder(Date.now() - 5);
    expiry.enter(holder);
    await once(holder, 'end');
    expect(holder.notices).toEqual(['refuse', 'end true']);
  });

  it('spares a connection that has left, never expires, or expires later than a timer can wait', async () => {
    start(0);
    const gone = new Holder(Date.now() + 30);
    const never = new Holder(undefined);
    const far = [2 ** 31, 30 * 24 * HOUR_MS, 2 ** 32 + 50, Infinity].map((ms) => new Holder(Date.now() + ms));
    const leave = expiry.enter(gone);
    [never, ...far].forEach((holder) => expiry.enter(holder));
    leave();
    expiry.renewed(gone);
    const last = new Holder(Date.now() + 60);
    expiry.enter(last);
    await once(last, 'end');
    for (const holder of [gone, never, ...far]) expect(holder.notices).toEqual([]);
  });

  it('moves with a renewal to later, to earlier and to never', async () => {
    start(0);
    const [later, never, earlier] = [new Holder(Date.now() + 40), new Holder(Date.now() + 40), new Holder(undefined)];
    const renewals = [Date.now() + HOUR_MS, undefined, Date.now() + 100];
    [later, never, earlier].forEach((holder, at) => {
      expiry.enter(holder);
      holder.expire(renewals[at]);
      expiry.renewed(holder);
    });
    await once(earlier, 'end');
    expect(earlier.notices).toEqual(['refuse', 'end true']);
    expect([...later.notices, ...never.notices]).toEqual([]);
  });

  it('still reaches every other connection when one of them fails', async () => {
    start(0);
    const ends = Date.now() + 30;
    const [failing, next] = [new Holder(ends, true), new Holder(ends)];
    expiry.enter(failing);
    expiry.enter(next);
    await once(next, 'end');
    expect([failing.notices, next.notices]).toEqual(Array(2).fill(['refuse', 'end true']));
  });

  it('comes within about a second after a leap of the clock, as after a sleep', async () => {
    start(0);
    const holder = new Holder(Date.now() + HOUR_MS);
    expiry.enter(holder);
    const real = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + HOUR_MS);
    try {
      await once(holder, 'end');
    } finally {
      clock.mockRestore();
    }
    expect(holder.notices[0]).toBe('refuse');
  });
});
