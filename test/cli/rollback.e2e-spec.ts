import type { MigrationChange } from '@switchyard/contract';
import { startBoard, type BoardServer } from './board.server.js';

describe('switchyard rollback', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
  });
  afterAll(() => server.close());

  const rollBack = (...args: string[]) => server.run('rollback', 'board', '--no-wait', '--reason', 'why', ...args);

  // The first test, because the others make canaries.
  it('goes to shadow, and says so, when no earlier canary is known', async () => {
    await server.set({ stage: 'socketio' });
    const { code, err } = await rollBack();
    expect(code).toBe(0);
    expect(err).toContain('It goes to shadow');
    expect(server.board().stage).toBe('shadow');
  });

  it.each<[Partial<MigrationChange>, string[], object]>([
    [{ stage: 'retired' }, [], { stage: 'socketio' }],
    [{ stage: 'socketio' }, ['--percent', '20'], { stage: 'canary', percent: 20 }],
    [{ stage: 'socketio' }, ['--to', 'legacy'], { stage: 'legacy' }],
    [{ stage: 'canary', percent: 20 }, [], { stage: 'shadow' }],
    [{ stage: 'canary', percent: 20 }, ['--percent', '5'], { stage: 'canary', percent: 5 }],
    [{ stage: 'shadow' }, [], { stage: 'legacy' }],
  ])('from %j with %j goes to %j without a question', async (from, args, to) => {
    await server.set(from);
    expect(await rollBack(...args)).toMatchObject({ code: 0 });
    expect(server.board()).toMatchObject({ ...to, updated_by: 'ada', reason: 'why' });
  });

  it('gives a canary its former percentage back', async () => {
    for (const percent of [60, 35]) {
      await server.set({ stage: 'canary', percent });
      await server.set({ stage: 'socketio' });
    }
    expect(await rollBack()).toMatchObject({ code: 0 });
    expect(server.board()).toMatchObject({ stage: 'canary', percent: 35 });
  });

  it('works while the service is held', async () => {
    await server.set({ stage: 'canary', percent: 20, held: true });
    expect(await rollBack()).toMatchObject({ code: 0 });
    expect(server.board()).toMatchObject({ stage: 'shadow', held: true });
    await server.set({ held: false });
  });

  it.each<[Partial<MigrationChange>, string[], number, string]>([
    [{ stage: 'legacy' }, [], 1, 'the first stage'],
    [{ stage: 'retired' }, ['--to', 'legacy'], 1, 'can move to: socketio.'],
    [{ stage: 'shadow' }, ['--to', 'canary', '--percent', '5'], 1, 'switchyard promote board'],
    [{ stage: 'canary', percent: 5 }, ['--percent', '20'], 1, 'switchyard promote board'],
    [{ stage: 'canary', percent: 5 }, ['--to', 'shadow', '--percent', '5'], 2, 'Leave --percent out.'],
  ])('from %j with %j is refused', async (from, args, code, help) => {
    await server.set(from);
    const before = server.board();
    const result = await rollBack(...args);
    expect(result.err).toContain(help);
    expect(result).toMatchObject({ code, out: '' });
    expect(server.board()).toEqual(before);
  });
});
