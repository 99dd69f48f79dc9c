import { Fault, RemoteFault } from '@switchyard/contract';
import { TimerSet } from '../timer/timer.set.js';
import { TokenKeeper, type TokenSource } from './token.keeper.js';
import { TokenRenewal } from './token.renewal.js';

const EXPIRED = new RemoteFault(new Fault('auth.expired').toBody());
const BACKOFF = { minMs: 1, maxMs: 1 };

describe('the renewal of an open connection’s token', () => {
  const timers: TimerSet[] = [];
  afterEach(() => timers.splice(0).forEach((set) => set.close()));

  const start = async (source: TokenSource, takes: (token: string) => boolean = () => true) => {
    const keeper = new TokenKeeper(source, BACKOFF);
    const connection = { now: await keeper.token(), shown: [] as string[] };
    const set = new TimerSet();
    timers.push(set);
    let finish = () => undefined as void;
    const done = new Promise<void>((resolve) => (finish = resolve));
    const show = (token: string) => {
      connection.shown.push(token);
      if (takes(token)) finish();
      else keeper.refused(token, EXPIRED);
      return Promise.resolve(takes(token));
    };
    const renewal = new TokenRenewal({ token: () => connection.now, reauthenticate: show }, keeper, set);
    return { renewal, connection, done };
  };

  it('asks the source again when it fails or returns the same token, until the token ends', async () => {
    const answers = ['old', 'old', undefined, 'new'];
    let asked = 0;
    const began = performance.now();
    const { renewal, connection, done } = await start(() => {
      asked += 1;
      const answer = answers[asked - 1];
      if (answer === undefined) throw new Error('the issuer is away');
      return answer;
    });
    renewal.begin(1600);
    await done;
    expect(connection.shown).toEqual(['new']);
    expect(asked).toBe(4);
    // After half the time, and half of the rest.
    expect(performance.now() - began).toBeGreaterThanOrEqual(1100);
  });

  it('sends another token when the server refuses one', async () => {
    let asked = 0;
    const { renewal, connection, done } = await start(
      () => `t${(asked += 1)}`,
      (token) => token === 't3',
    );
    renewal.begin(500);
    await done;
    expect(connection.shown).toEqual(['t2', 't3']);
  });

  it('asks the source once when the server does not say when the token expires', async () => {
    let asked = 0;
    const { renewal } = await start(() => {
      asked += 1;
      return 'old';
    });
    asked = 0;
    renewal.begin(NaN);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toBe(1);
  });

  it('sends nothing once the connection is closed', async () => {
    let answer = (_token: string): void => undefined;
    let isFirst = true;
    const { renewal, connection } = await start(() => {
      if (!isFirst) return new Promise((resolve) => (answer = resolve));
      isFirst = false;
      return 'old';
    });
    renewal.begin(1000);
    renewal.stop();
    answer('new');
    await new Promise(setImmediate);
    expect(connection.shown).toEqual([]);
  });
});
