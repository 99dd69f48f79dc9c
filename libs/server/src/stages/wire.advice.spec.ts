import type { MigrationChange } from '@switchyard/contract';
import { FlagProvider } from './flag.provider.js';
import { flagFor, type FlagDefinition } from './stage.flag.js';
import { moved } from './stage.move.js';
import type { StageRecord } from './stage.record.js';
import { unknownState } from './stage.seed.js';
import { WireAdvice, type AdvisedCaller } from './wire.advice.js';

/** One in so many is also asked for through OpenFeature, as the server does. */
const ASK_EACH = 200;
/** One in so many is looked at again on the way down, because each is advised by itself. */
const LOOK_AGAIN = 4;
const STEPS = [1, 5, 10, 25, 50, 75, 100];
const FLAG = 'realtime-board';

const byHash = {
  fractional: [{ cat: ['pilot', { var: 'targetingKey' }] }, ['socketio', 1], ['legacy', 1]],
};
/** The first thousand users are of the tenant acme. */
const acme = { if: [{ in: [{ var: 'tenant' }, ['acme']] }, 'socketio', byHash] };

const client = (n: number): AdvisedCaller => {
  const client_id = `client-number-${String(n).padStart(6, '0')}`;
  return { key: `client:${client_id}`, client_id };
};
const user = (n: number): AdvisedCaller => {
  const user = { id: `user-${n}`, ...(n < 1000 && { tenant: 'acme' }) };
  return { key: `user:${user.id}`, user };
};

describe.each([
  [100_000, 'clients and users', 0.5, (n: number) => (n % 2 ? client(n) : user(n)), undefined, 0],
  [20_000, "users by the team's own targeting and bucketing key", 1, user, acme, 1000],
] as const)('of %d %s', (count, _whom, points, callerOf, targeting, named) => {
  let advice: WireAdvice;
  let record: StageRecord;
  const bulk = new FlagProvider();
  const callers = Array.from({ length: count }, (_, n) => callerOf(n));
  const some = callers.filter((_, n) => n % LOOK_AGAIN === 0);
  const sets = new Map<number, Uint8Array>();

  beforeAll(async () => {
    const definition: FlagDefinition | undefined = targeting && {
      state: 'ENABLED',
      variants: { legacy: 'legacy', socketio: 'socketio' },
      defaultVariant: 'legacy',
      targeting,
      metadata: { stage: 'legacy' },
    };
    record = { ...unknownState('board', 'new'), seeded: true, ...(definition && { definition }) };
    advice = new WireAdvice(undefined);
    await advice.start();
    for (const percent of STEPS) sets.set(percent, await people({ stage: 'canary', percent }));
  });
  afterAll(() => advice.close());

  /** Changes the stage as the server does, and evaluates its flag for everybody: 1 is for Socket.IO. */
  const people = async (change: Omit<MigrationChange, 'reason'>, whom = callers): Promise<Uint8Array> => {
    record = moved(record, { ...change, reason: 'a step', force: true }, 'ada');
    // As it comes back from the store.
    record = JSON.parse(JSON.stringify(record)) as StageRecord;
    for (const provider of [bulk, advice]) provider.setFlags({ [FLAG]: flagFor(record) });
    const all = Uint8Array.from(whom, ({ key, user }) => {
      const context = { targetingKey: key, ...(user?.tenant && { tenant: user.tenant }) };
      return bulk.evaluate(FLAG, 'legacy', context).value === 'socketio' ? 1 : 0;
    });
    const isAsked = (_: unknown, n: number) => n % ASK_EACH === 0;
    const asked = await Promise.all(whom.filter(isAsked).map((caller) => advice.wire(FLAG, record, caller)));
    expect(asked.map((wire) => (wire === 'socketio' ? 1 : 0))).toEqual([...all.filter(isAsked)]);
    return all;
  };
  /** Whether the canary now has those who were in it at that step. */
  const isSame = async (percent: number) => {
    const before = sets.get(percent)!.filter((_, n) => n % LOOK_AGAIN === 0);
    return Buffer.compare(await people({ stage: 'canary', percent }, some), before) === 0;
  };

  it('each step has its share, within half a point, or one where they are few', () => {
    for (const [percent, set] of sets) {
      const rest = set.subarray(named);
      const found = (100 * rest.reduce((sum, one) => sum + one, 0)) / rest.length;
      expect(Math.abs(found - percent)).toBeLessThanOrEqual(points);
      expect(set.subarray(0, named).every((one) => one === 1)).toBe(true);
    }
  });

  it('each step only adds people', () => {
    const steps = [...sets.values()];
    steps.slice(1).forEach((set, n) => expect(steps[n]!.findIndex((one, at) => one > set[at]!)).toBe(-1));
  });

  it('the way down has the same people as the way up', async () => {
    for (const percent of [75, 50, 25, 10, 5, 1]) {
      expect(await isSame(percent)).toBe(true);
    }
  });

  it('a canary that begins again has the same people, and in between nobody or everybody has moved', async () => {
    for (const [stage, one] of [
      ['legacy', 0],
      ['socketio', 1],
      ['shadow', 0],
    ] as const) {
      expect((await people({ stage }, some)).every((other) => other === one)).toBe(true);
    }
    for (const percent of [5, 25]) {
      expect(await isSame(percent)).toBe(true);
    }
  });
});

it('two services have different people in their canaries', () => {
  const provider = new FlagProvider();
  const definition = flagFor({ stage: 'canary', percent: 50 });
  provider.setFlags({ 'realtime-a': definition, 'realtime-b': definition });
  const both = Array.from({ length: 10_000 }, (_, n) => {
    const wires = ['a', 'b'].map(
      (name) => provider.evaluate(`realtime-${name}`, '', { targetingKey: `user:${n}` }).value,
    );
    return wires.every((wire) => wire === 'socketio');
  }).filter(Boolean);
  expect(both.length).toBeGreaterThan(2300);
  expect(both.length).toBeLessThan(2700);
});
