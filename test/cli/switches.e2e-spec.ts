import { startBoard, type BoardServer } from './board.server.js';

describe('the switches beside a stage', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
  });
  afterAll(() => server.close());

  it.each([
    ['close', 'open', 'closed'],
    ['hold', 'unhold', 'held'],
  ] as const)('%s and %s set and clear `%s`, and leave the stage', async (on, off, field) => {
    const wait = field === 'closed' ? ['--no-wait'] : [];
    await server.set({ stage: 'canary', percent: 20 });
    const set = await server.run(on, 'board', '--reason', 'brake', ...wait);
    expect(set).toMatchObject({ code: 0, out: `board: canary 20 % → canary 20 %, ${field}\n` });
    expect(server.board()).toMatchObject({ stage: 'canary', percent: 20, [field]: true, reason: 'brake' });
    const cleared = await server.run(off, 'board', '--reason', 'repaired', ...wait);
    expect(cleared).toMatchObject({ code: 0, out: `board: canary 20 %, ${field} → canary 20 %\n` });
    expect(server.board()).toMatchObject({ stage: 'canary', percent: 20, [field]: false, reason: 'repaired' });
  });

  it.each([
    ['open', 'it is not closed'],
    ['unhold', 'it is not held'],
  ])('%s changes nothing when there is nothing to clear', async (command, why) => {
    await server.set({ stage: 'canary', percent: 20, closed: false, held: false });
    const before = server.board();
    const { code, out } = await server.run(command, 'board', '--reason', 'to be sure', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ changed: false, to: before });
    expect((await server.run(command, 'board', '--reason', 'to be sure')).out).toContain(why);
    expect(server.board()).toEqual(before);
  });

  it('a held service is not promoted', async () => {
    await server.set({ stage: 'canary', percent: 20, held: true, reason: 'errors' });
    const { code, err } = await server.run('promote', 'board', '--percent', '50', '--yes', '--reason', 'why');
    expect(code).toBe(1);
    expect(err).toContain('by test: errors. To clear it: switchyard unhold board');
    expect(server.board().percent).toBe(20);
  });
});
