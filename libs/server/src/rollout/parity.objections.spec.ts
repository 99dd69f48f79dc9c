import { MISMATCH_KINDS, type KeyShare, type MismatchKind, type ServiceParity } from '@switchyard/contract';
import { ParityObjections } from './parity.objections.js';

/** A service whose comparing clients have found this. */
function objectionsTo(found: Partial<Record<MismatchKind, number>>, share?: KeyShare) {
  const asked: number[] = [];
  const none = Object.fromEntries(MISMATCH_KINDS.map((kind) => [kind, 0])) as Record<MismatchKind, number>;
  const objections = new ParityObjections({
    async of(service, minutes): Promise<ServiceParity> {
      asked.push(minutes);
      const at = new Date().toISOString();
      const mismatches = { ...none, ...found };
      const differs = false;
      return { service, at, minutes, matched: 9, shed: 0, mismatches, examples: [], differs, ...(share && { share }) };
    },
  });
  return {
    asked,
    against: (ago_ms: number) => objections.against('board', new Date(Date.now() - ago_ms).toISOString()),
  };
}

describe('an objection to a step', () => {
  it('is made for each kind of difference between the wires', async () => {
    const why = await objectionsTo({ missing: 3, changed: 1 }).against(150_000);
    expect(why).toBe('the wires differ: 3 missing, 1 changed in the last 3 min');
  });

  it('looks at the time since the step began, and at ten minutes at most', async () => {
    const { asked, against } = objectionsTo({});
    for (const ago_ms of [-5000, 0, 30_000, 90_000, 24 * 3_600_000]) await against(ago_ms);
    expect(asked).toEqual([1, 1, 1, 2, 10]);
  });

  it.each(['agrees', 'waiting'] as const)('is not made when all is the same and the share %s', async (verdict) => {
    const share: KeyShare = { expected: 5, observed: 5.1, keys: 300, verdict };
    expect(await objectionsTo({}, share).against(0)).toBeUndefined();
  });

  it('is made when another share of the clients uses the new wire', async () => {
    const share: KeyShare = { expected: 5, observed: 9, keys: 300, verdict: 'differs' };
    expect(await objectionsTo({}, share).against(0)).toBe('9 % of 300 clients use the new wire instead of 5 %');
  });
});
