import type { MigrationChange } from '@switchyard/contract';
import { startBoard, type BoardServer } from './board.server.js';
import { startInTerminal } from './cli.process.js';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

describe('switchyard promote', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard({ retireAfterDays: 0 });
  });
  afterAll(() => server.close());

  const promote = (...args: string[]) => server.run('promote', 'board', '--no-wait', '--reason', 'why', ...args);
  const inTerminal = (...args: string[]) =>
    startInTerminal(server.url, ['promote', 'board', '--no-wait', '--reason', 'why', ...args]);

  it.each<[Partial<MigrationChange>, string[], object]>([
    [{ stage: 'legacy' }, [], { stage: 'shadow' }],
    [{ stage: 'shadow' }, ['--percent', '5'], { stage: 'canary', percent: 5 }],
    [{ stage: 'canary', percent: 5 }, ['--percent', '20.5'], { stage: 'canary', percent: 20.5 }],
    [{ stage: 'canary', percent: 5 }, [], { stage: 'socketio', percent: 100 }],
    [{ stage: 'legacy' }, ['--to', 'socketio', '--force'], { stage: 'socketio' }],
    [{ stage: 'socketio' }, ['--to', 'retired', '--confirm', 'board'], { stage: 'retired' }],
  ])('from %j with %j goes to %j', async (from, args, to) => {
    await server.set({ ...from, closed: false });
    const { code, out } = await promote('--yes', '--json', ...args);
    expect(code).toBe(0);
    expect(server.board()).toMatchObject({ ...to, updated_by: 'ada', reason: 'why' });
    expect(JSON.parse(out)).toEqual({
      service: 'board',
      changed: true,
      from: expect.objectContaining(from),
      to: server.board(),
      effect: null,
      settled: null,
    });
  });

  it.each<[Partial<MigrationChange>, string[], number, string]>([
    [{ stage: 'legacy' }, ['--to', 'canary', '--percent', '5'], 1, 'can move to: shadow.'],
    [{ stage: 'canary', percent: 5 }, ['--to', 'retired'], 1, 'can move to: legacy, shadow, socketio.'],
    [{ stage: 'canary', percent: 5 }, ['--percent', '5'], 1, 'switchyard rollback board'],
    [{ stage: 'canary', percent: 5 }, ['--to', 'shadow'], 1, 'switchyard rollback board'],
    [{ stage: 'socketio' }, [], 1, 'switchyard retire board'],
    [{ stage: 'socketio' }, ['--to', 'retired', '--confirm', 'bord'], 1, '--confirm names bord'],
    [{ stage: 'retired' }, [], 1, 'it is retired already'],
    [{ stage: 'retired' }, ['--to', 'retired', '--force'], 1, 'it is retired already'],
    [{ stage: 'shadow' }, [], 2, 'Add --percent'],
    [{ stage: 'legacy' }, ['--percent', '5'], 2, 'Leave --percent out.'],
    [{ stage: 'canary', percent: 5 }, ['--to', 'canary'], 2, '--percent'],
  ])('from %j with %j is refused before anything is asked or changed', async (from, args, code, help) => {
    await server.set(from);
    const before = server.board();
    // Without --yes: what is refused is not asked.
    const result = await promote(...args);
    expect(result.err).toContain(help);
    expect(result).toMatchObject({ code, out: '' });
    expect(server.board()).toEqual(before);
  });

  it('shows where it goes, and goes on when the operator agrees', async () => {
    await server.set({ stage: 'shadow' });
    const terminal = inTerminal('--percent', '5');
    await terminal.shows('board: shadow → canary 5 %');
    await terminal.shows('[y/N]');
    terminal.type('y\n');
    expect((await terminal.result()).code).toBe(0);
    expect(server.board()).toMatchObject({ stage: 'canary', percent: 5 });
  });

  it('makes no change when somebody else made one before the answer', async () => {
    await server.set({ stage: 'canary', percent: 5 });
    const terminal = inTerminal('--percent', '20');
    await terminal.shows('[y/N]');
    await server.set({ stage: 'shadow', reason: 'errors on the new wire' });
    terminal.type('y\n');
    const { code, out } = await terminal.result();
    expect(code).toBe(1);
    expect(out).toContain('unable to promote board; somebody changed it before you answered');
    expect(out).toContain('It is at shadow now, by test: errors on the new wire.');
    expect(server.board().stage).toBe('shadow');
  });

  it.each([
    ['n\n', 1],
    ['\n', 1],
    [CTRL_D, 1],
    [CTRL_C, 130],
  ])('changes nothing when the answer is %j', async (answer, code) => {
    await server.set({ stage: 'shadow' });
    const terminal = inTerminal('--percent', '5');
    await terminal.shows('[y/N]');
    terminal.type(answer);
    const result = await terminal.result();
    expect(result.out).toContain('Nothing is changed.');
    expect(result.code).toBe(code);
    expect(server.board().stage).toBe('shadow');
  });

  it.each([
    ['y\n', 'socketio'],
    ['board\n', 'retired'],
  ])('retires a service only when its name is typed: %j', async (answer, stage) => {
    await server.set({ stage: 'socketio' });
    // --yes comes from habit, and does not retire.
    const terminal = inTerminal('--to', 'retired', '--yes');
    await terminal.shows('Type the name of the service');
    terminal.type(answer);
    await terminal.result();
    expect(server.board().stage).toBe(stage);
  });

  it.each([
    ['shadow', ['--percent', '5'], '--yes'],
    ['socketio', ['--to', 'retired', '--yes'], '--confirm board'],
  ] as const)('does not wait for an answer without a terminal, from %s', async (stage, args, option) => {
    await server.set({ stage });
    const { code, err } = await promote(...args);
    expect(code).toBe(2);
    expect(err).toContain(`Add ${option}`);
    expect(server.board().stage).toBe(stage);
  });
});
