import { Fault, RemoteFault } from '@switchyard/contract';
import { Recording } from '../../test/recording.js';
import { TokenKeeper } from './token.keeper.js';

const BACKOFF = { minMs: 100, maxMs: 400 };
const EXPIRED = new RemoteFault(new Fault('auth.expired').toBody());

describe('the token of a page', () => {
  /** A keeper whose source returns `t1`, `t2` …, with the arguments of that source. */
  const start = () => {
    const given: (string | undefined)[] = [];
    const keeper = new TokenKeeper((spent) => `t${given.push(spent)}`, BACKOFF);
    return { keeper, given, faults: new Recording(keeper.faults$) };
  };

  it('is requested for each use, and only once for simultaneous uses', async () => {
    const { keeper, given } = start();
    expect(await Promise.all([keeper.token(), keeper.token()])).toEqual(['t1', 't1']);
    expect(await keeper.token()).toBe('t2');
    expect(given).toEqual([undefined, undefined]);
  });

  it('that has ended is passed to the source, once', async () => {
    const { keeper, given } = start();
    const spent = await keeper.token();
    expect(await Promise.all([keeper.renewed(spent), keeper.renewed(spent)])).toEqual(['t2', 't2']);
    expect(await keeper.renewed(spent)).toBe('t2');
    expect(given).toEqual([undefined, 't1']);
    await keeper.token();
    expect(given).toEqual([undefined, 't1', undefined]);
  });

  it('that was refused is passed to the source with the next request', async () => {
    const { keeper, given } = start();
    keeper.refused(await keeper.token(), EXPIRED);
    await keeper.token();
    expect(given).toEqual([undefined, 't1']);
  });

  it('is requested after twice the wait with each refusal, up to a limit, until one is accepted', async () => {
    const { keeper } = start();
    expect(keeper.retryDelay()).toBe(0);
    const delays: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      keeper.refused(await keeper.token(), EXPIRED);
      delays.push(keeper.retryDelay());
    }
    [100, 200, 400, 800, 1600, 3200, 4000, 4000].forEach((floor, n) => {
      expect(delays[n]).toBeGreaterThanOrEqual(floor);
      expect(delays[n]).toBeLessThanOrEqual(floor * 1.5);
    });
    keeper.accepted();
    expect(keeper.retryDelay()).toBe(0);
  });

  it('is reported to the page once a second token was refused, however many namespaces refuse it', async () => {
    const { keeper, faults } = start();
    const first = await keeper.token();
    for (let namespace = 0; namespace < 9; namespace += 1) keeper.refused(first, EXPIRED);
    expect(faults.values).toEqual([]);
    keeper.refused(await keeper.token(), EXPIRED);
    expect(faults.values).toEqual([EXPIRED]);
  });

  it('whose source fails is reported to the page, with the cause', async () => {
    const cause = new Error('the issuer is away');
    const keeper = new TokenKeeper(() => {
      throw cause;
    }, BACKOFF);
    const faults = new Recording(keeper.faults$);
    await expect(keeper.token()).rejects.toBe(cause);
    expect(faults.values).toMatchObject([{ code: 'token.unavailable', cause }]);
  });

  it('that was given as a text never changes', async () => {
    const keeper = new TokenKeeper('fixed', BACKOFF);
    keeper.refused('fixed', EXPIRED);
    expect(await keeper.token()).toBe('fixed');
    expect(keeper.renewable).toBe(false);
  });
});
