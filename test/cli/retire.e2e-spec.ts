import { openWs } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { startBoard, type BoardServer } from './board.server.js';
import { startInTerminal } from './cli.process.js';

describe('switchyard retire', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard({ retireAfterDays: 0 });
  });
  afterAll(() => server.close());

  const args = (...more: string[]) => ['retire', 'board', '--no-wait', '--reason', 'why', ...more];

  it('retires a service whose name is given again', async () => {
    await server.set({ stage: 'socketio' });
    const { code, out } = await server.run(...args('--confirm', 'board', '--json'));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ changed: true, from: { stage: 'socketio' }, to: { stage: 'retired' } });
    expect(server.board()).toMatchObject({ stage: 'retired', updated_by: 'ada', reason: 'why' });
  });

  it.each([
    ['board\n', 0, 'retired'],
    ['y\n', 1, 'socketio'],
  ])('asks for the name of the service: %j', async (answer, code, stage) => {
    await server.set({ stage: 'socketio' });
    const terminal = startInTerminal(server.url, args());
    await terminal.shows('the old wire refuses every client');
    await terminal.shows('Type the name of the service');
    terminal.type(answer);
    expect((await terminal.result()).code).toBe(code);
    expect(server.board().stage).toBe(stage);
  });

  it.each([
    [[], 2, 'Add --confirm board'],
    [['--confirm', 'tasks'], 1, '--confirm names tasks'],
    [['--yes'], 2, "unknown option '--yes'"],
    [['--to', 'socketio'], 2, "unknown option '--to'"],
  ] as const)('does nothing without a terminal and with %j', async (more, expected, text) => {
    await server.set({ stage: 'socketio' });
    const { code, err } = await server.run(...args(...more));
    expect(code).toBe(expected);
    expect(err).toContain(text);
    expect(server.board().stage).toBe('socketio');
  });

  it.each([
    ['canary', 'can move to: legacy, shadow, socketio.'],
    ['retired', 'unable to retire board; it is retired already'],
  ] as const)('is refused from %s, also with the name', async (stage, text) => {
    await server.set({ stage, percent: 5 });
    const { code, err } = await server.run(...args('--confirm', 'board'));
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(server.board().stage).toBe(stage);
  });

  it('skips stages with --force', async () => {
    await server.set({ stage: 'canary', percent: 5 });
    expect((await server.run(...args('--confirm', 'board', '--force'))).code).toBe(0);
    expect(server.board().stage).toBe('retired');
  });

  it('says who keeps a service from being retired, with versions, and --force retires it all the same', async () => {
    const board = await startBoard();
    await board.set({ stage: 'socketio' });
    await openWs(board.url, '/api/boards/none/ws?switchyard=1&sdk=0.9.1&client_id=client-number-001').opened();
    const retire = args('--confirm', 'board');
    await until('the client to be seen', async () => (await board.run(...retire)).err.includes('client-number-001'));
    const { code, err } = await board.run(...retire);
    expect(code).toBe(1);
    expect(err).toContain('It needs 7 days without a connection on the old wire');
    expect(err).toContain('Seen last: client-number-001 (switchyard 0.9.1).');
    expect(err).toContain('--force');
    expect((await board.run(...retire, '--force')).code).toBe(0);
    await board.close();
  });
});
