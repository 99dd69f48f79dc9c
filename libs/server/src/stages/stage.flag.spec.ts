import { FlagProvider } from './flag.provider.js';
import { flagFor, withPercent, type FlagDefinition } from './stage.flag.js';

const VARIANTS = { legacy: 'legacy', socketio: 'socketio' };
const SHARE = {
  fractional: [
    ['socketio', 12_500],
    ['legacy', 87_500],
  ],
};

const flag = (targeting?: object, rest: Partial<FlagDefinition> = {}): FlagDefinition => ({
  state: 'ENABLED',
  variants: VARIANTS,
  defaultVariant: 'legacy',
  metadata: { stage: 'canary', percent: 1 },
  ...(targeting && { targeting }),
  ...rest,
});
const isAcme = { in: [{ var: 'tenant' }, ['acme']] };
const tenant = { cat: [{ var: 'tenant' }] };

describe("a new percentage in a team's flag", () => {
  it.each([
    [
      'a share',
      SHARE,
      {
        fractional: [
          ['socketio', 1],
          ['legacy', 99],
        ],
      },
    ],
    [
      'a share in the other order',
      {
        fractional: [
          ['legacy', 87_500],
          ['socketio', 12_500],
        ],
      },
      {
        fractional: [
          ['legacy', 4],
          ['socketio', 1],
        ],
      },
    ],
    ['buckets without a weight', SHARE, { fractional: [['socketio'], ['legacy']] }],
    [
      'a weight that is a rule',
      SHARE,
      {
        fractional: [
          ['socketio', { if: [isAcme, 9, 1] }],
          ['legacy', 5],
        ],
      },
    ],
    [
      'a bucketing key',
      { fractional: [tenant, ...SHARE.fractional] },
      { fractional: [tenant, ['socketio', 1], ['legacy', 1]] },
    ],
    [
      'a bucketing key that is a text',
      { fractional: ['all', ...SHARE.fractional] },
      { fractional: ['all', ['socketio', 1], ['legacy', 1]] },
    ],
    [
      'a share in a rule',
      { if: [isAcme, 'socketio', SHARE] },
      {
        if: [
          isAcme,
          'socketio',
          {
            fractional: [
              ['socketio', 1],
              ['legacy', 9],
            ],
          },
        ],
      },
    ],
    [
      'every share',
      { if: [isAcme, SHARE, { if: [{ var: 'user' }, SHARE, 'legacy'] }] },
      {
        if: [
          isAcme,
          {
            fractional: [
              ['socketio', 1],
              ['legacy', 9],
            ],
          },
          {
            if: [
              { var: 'user' },
              {
                fractional: [
                  ['socketio', 5],
                  ['legacy', 5],
                ],
              },
              'legacy',
            ],
          },
        ],
      },
    ],
  ])('replaces the weights of %s', (_what, expected, targeting) => {
    expect(withPercent(flag(targeting), 12.5)).toEqual(flag(expected));
  });

  it.each([
    [
      'another variant',
      {
        fractional: [
          ['socketio', 1],
          ['legacy', 8],
          ['other', 1],
        ],
      },
    ],
    [
      'two buckets of one wire',
      {
        fractional: [
          ['socketio', 1],
          ['legacy', 8],
          ['socketio', 1],
        ],
      },
    ],
    ['one bucket', { fractional: [['socketio', 1]] }],
    [
      'a variant that is a rule',
      {
        fractional: [
          [{ var: 'wire' }, 1],
          ['legacy', 8],
        ],
      },
    ],
    ['no share', { if: [isAcme, 'socketio'] }],
  ])('leaves rules with %s as they are, and divides those whom they do not name', (_what, targeting) => {
    expect(withPercent(flag(targeting), 12.5)).toEqual(flag({ or: [targeting, SHARE] }));
    // The share that was added gets the next percentage.
    expect(withPercent(withPercent(flag(targeting), 50), 12.5)).toEqual(flag({ or: [targeting, SHARE] }));
  });

  it('is a share of everybody where the flag has no rules, or where there is no flag', () => {
    expect(withPercent(flag(), 12.5)).toEqual(flag(SHARE));
    expect(flagFor({ stage: 'canary', percent: 12.5 })).toEqual(
      flag(SHARE, { metadata: { stage: 'canary', percent: 12.5 } }),
    );
  });

  it('knows the wires by other names of variants', () => {
    const variants = { on: 'socketio', off: 'legacy' };
    const named = flag(
      {
        fractional: [
          ['on', 1],
          ['off', 9],
        ],
      },
      { variants, defaultVariant: 'off' },
    );
    expect(withPercent(named, 12.5)).toEqual({
      ...named,
      variants: { ...variants, ...VARIANTS },
      targeting: {
        fractional: [
          ['on', 12_500],
          ['off', 87_500],
        ],
      },
    });
  });

  it('gives nobody Socket.IO by the default of a flag that was written for a later stage', () => {
    const byTenant = { fractional: [{ var: 'tenant' }, ['socketio', 1], ['legacy', 1]] };
    const later = flag(byTenant, { defaultVariant: 'socketio', metadata: { stage: 'socketio' } });
    const provider = new FlagProvider();
    provider.setFlags({ f: flagFor({ stage: 'canary', percent: 100, definition: withPercent(later, 100) }) });
    const wireOf = (context: object) => provider.evaluate('f', '', { targetingKey: 'user:ann', ...context }).value;
    expect([wireOf({ tenant: 'acme' }), wireOf({})]).toEqual(['socketio', 'legacy']);
  });

  it('does not change the flag that it was made from', () => {
    const before = flag({ if: [isAcme, SHARE] });
    const copy = structuredClone(before);
    withPercent(before, 99);
    expect(before).toEqual(copy);
  });

  it('names those first whom the rules name, and divides the others', () => {
    const provider = new FlagProvider();
    const evaluate = (percent: number, context: object) => {
      provider.setFlags({
        f: flagFor({ stage: 'canary', percent, definition: withPercent(flag({ if: [isAcme, 'socketio'] }), percent) }),
      });
      return provider.evaluate('f', 'fallback', { targetingKey: 'user:ann', ...context }).value;
    };
    expect([evaluate(0, { tenant: 'acme' }), evaluate(0, {}), evaluate(100, {})]).toEqual([
      'socketio',
      'legacy',
      'socketio',
    ]);
  });
});
