import type { MigrationAudit, MigrationState, Stage } from '@switchyard/contract';
import { SLO_DEFAULTS } from '../health/slo.js';
import { ROLLBACK_BY, ROLLBACK_REASON, coolingUntil, wayBack } from './way.back.js';

type Setting = [stage: Stage, percent?: number];
type Entry = Pick<MigrationAudit, 'at' | 'by' | 'from' | 'to'>;

const AT = '2026-05-04T10:00:00.000Z';

function stateOf([stage, percent = stage === 'socketio' ? 100 : 0]: Setting, reason = 'a test'): MigrationState {
  return { service: 'chat', stage, percent, closed: false, held: false, updated_at: AT, updated_by: 'ada', reason };
}

const change = (from: Setting, to: Setting): Entry => ({ at: AT, by: 'ada', from: stateOf(from), to: stateOf(to) });
const rollback = (from: Setting, to: Setting): Entry => ({
  at: AT,
  by: ROLLBACK_BY,
  from: stateOf(from),
  to: stateOf(to, `${ROLLBACK_REASON}; calls_failed: 5 %`),
});

describe('the way back', () => {
  it.each<[string, Setting, Entry[], object]>([
    ['the smaller canary', ['canary', 70], [change(['canary', 30], ['canary', 70])], { stage: 'canary', percent: 30 }],
    ['the canary before', ['socketio'], [change(['canary', 50], ['socketio'])], { stage: 'canary', percent: 50 }],
    ['where a person skipped stages', ['socketio'], [change(['legacy'], ['socketio'])], { stage: 'legacy' }],
    [
      'the promotion before a hold',
      ['canary', 70],
      [change(['canary', 70], ['canary', 70]), change(['canary', 30], ['canary', 70])],
      { stage: 'canary', percent: 30 },
    ],
    [
      'one stage back from a canary that a person reduced',
      ['canary', 30],
      [change(['canary', 70], ['canary', 30])],
      { stage: 'shadow' },
    ],
    ['one stage back from a canary without a history', ['canary', 30], [], { stage: 'shadow' }],
    ['shadow from socketio, where no canary is known', ['socketio'], [], { stage: 'shadow' }],
    [
      'legacy after an automatic rollback',
      ['canary', 30],
      [rollback(['canary', 70], ['canary', 30])],
      { stage: 'legacy' },
    ],
  ])('is %s', (_, at, entries, expected) => {
    expect(wayBack(stateOf(at), entries, SLO_DEFAULTS)).toEqual(expected);
  });

  it('is legacy where the file says so', () => {
    const entries = [change(['canary', 30], ['canary', 70])];
    expect(wayBack(stateOf(['canary', 70]), entries, { ...SLO_DEFAULTS, back_to: 'legacy' })).toEqual({
      stage: 'legacy',
    });
  });

  it('cools down after an automatic rollback, whatever a person has changed since, and for no other change', () => {
    const slo = { ...SLO_DEFAULTS, cool_down_s: 60 };
    const at = Date.parse(AT);
    const entries = [change(['canary', 30], ['canary', 70]), rollback(['canary', 70], ['canary', 30])];
    expect(coolingUntil(entries, slo, at + 59_000)).toBe(at + 60_000);
    expect(coolingUntil(entries, slo, at + 60_000)).toBeUndefined();
    expect(coolingUntil(entries.slice(0, 1), slo, at)).toBeUndefined();
  });
});
