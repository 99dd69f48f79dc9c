import { STAGES, type MigrationState } from '@switchyard/contract';
import { NO_ENTRY, offeredMoves, readMove } from './stage.order.js';

const state = (change: Partial<MigrationState>): MigrationState => ({
  service: 'notes',
  stage: 'legacy',
  percent: 0,
  closed: false,
  held: false,
  updated_at: '2026-01-01T00:00:00.000Z',
  updated_by: 'ada',
  reason: 'a start',
  ...change,
});

describe('the moves offered to an operator', () => {
  it.each([
    ['legacy', ['shadow']],
    ['shadow', ['legacy', 'canary']],
    ['canary', ['legacy', 'shadow', 'canary', 'socketio']],
    ['socketio', ['legacy', 'shadow', 'canary', 'retired']],
    ['retired', ['socketio']],
  ] as const)('from %s are the legal ones', (stage, moves) => {
    expect(offeredMoves(state({ stage }))).toEqual(moves);
  });

  it.each(STAGES)('from %s never go forward while the service is held', (stage) => {
    const moves = offeredMoves(state({ stage, held: true }));
    expect(moves.filter((to) => STAGES.indexOf(to) > STAGES.indexOf(stage))).toEqual([]);
  });
});

describe('the order of a move', () => {
  const entry = { ...NO_ENTRY, reason: ' the figures are good ' };
  const canary = state({ stage: 'canary', percent: 5 });

  it('has the reason without spaces around it, and a percentage in a canary only', () => {
    const reason = 'the figures are good';
    const typed = { ...entry, percent: '10' };
    expect(readMove(canary, { ...typed, stage: 'canary' })).toEqual({
      order: { stage: 'canary', percent: 10, reason },
    });
    expect(readMove(canary, { ...typed, stage: 'socketio' })).toEqual({ order: { stage: 'socketio', reason } });
  });

  it('names every field that is missing', () => {
    expect(readMove(canary, NO_ENTRY)).toEqual({
      problems: { reason: expect.any(String), stage: expect.any(String) },
    });
    expect(readMove(canary, { ...entry, stage: 'canary' })).toEqual({ problems: { percent: expect.any(String) } });
  });

  it('retires a service only with its name typed', () => {
    const ready = { ...entry, stage: 'retired' } as const;
    const at = state({ stage: 'socketio', percent: 100 });
    for (const confirmation of ['', 'Notes', 'note']) {
      expect(readMove(at, { ...ready, confirmation })).toEqual({
        problems: { confirmation: 'Type notes to retire it.' },
      });
    }
    const reason = 'the figures are good';
    const confirmation = 'notes';
    expect(readMove(at, { ...ready, confirmation })).toEqual({ order: { stage: 'retired', reason } });
    expect(readMove(at, { ...ready, confirmation, force: true })).toEqual({
      order: { stage: 'retired', reason, force: true },
    });
  });

  it('is forced for a retirement only', () => {
    expect(readMove(canary, { ...entry, stage: 'legacy', force: true })).toEqual({
      order: { stage: 'legacy', reason: 'the figures are good' },
    });
  });

  it('may lower the percentage of a held canary, and not raise it', () => {
    const held = { ...canary, held: true };
    expect(readMove(held, { ...entry, stage: 'canary', percent: '2' })).toMatchObject({ order: { percent: 2 } });
    expect(readMove(held, { ...entry, stage: 'canary', percent: '6' })).toEqual({
      problems: { percent: 'notes is held: enter at most 5.' },
    });
  });

  it('goes only where the service may go now', () => {
    expect(readMove(state({}), { ...entry, stage: 'socketio' })).toEqual({ problems: { stage: 'Choose a stage.' } });
  });
});
