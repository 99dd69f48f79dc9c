import { startAdmin, type AdminServer } from './admin.server.js';
import { cli, startCli, startInTerminal } from './cli.process.js';

describe('what a command shows of the clients', () => {
  let admin: AdminServer;
  beforeEach(async () => {
    admin = await startAdmin();
  });
  afterEach(() => admin.close());

  const change = ['promote', 'yard', '--percent', '20', '--yes', '--reason', 'why'];
  const ALL = { told: 40, moved: 40, told_ms: 600, moved_ms: 2140 };

  it('is their number on each wire, the two wires of the stage first', async () => {
    admin.clients = { legacy: 230, multiplex: 7, socketio: 12 };
    const { out, err } = await cli(admin.url, ['status']);
    expect(err).toBe('');
    expect(out).toMatch(/^SERVICE +STAGE +SOCKETIO +LEGACY +MULTIPLEX +CHANGED/);
    expect(out).toMatch(/^yard +canary 5 % +12 +230 +7 /m);
    expect((await cli(admin.url, ['status', 'yard'])).out).toContain('socketio 12, legacy 230, multiplex 7');
    const { services } = JSON.parse((await cli(admin.url, ['status', '--json'])).out) as { services: object[] };
    expect(services).toEqual([expect.objectContaining({ clients: admin.clients })]);
  });

  it('is left out, with a note, when the server does not count them', async () => {
    const { out, err } = await cli(admin.url, ['status']);
    expect(out).not.toContain('SOCKETIO');
    expect(err).toBe('The server does not say how many clients use each wire.\n');
    const { services } = JSON.parse((await cli(admin.url, ['status', '--json'])).out) as { services: object[] };
    expect(services).toEqual([expect.objectContaining({ clients: null })]);
  });

  it('is how many moved, once all have', async () => {
    admin.effects = [{ told: 0, moved: 0 }, { told: 40, moved: 12 }, ALL];
    const { code, out } = await cli(admin.url, change);
    expect(code).toBe(0);
    expect(out).toBe('yard: canary 5 % → canary 20 %\n40 of 40 connected clients moved in 2.1 s\n');
    admin.effects = [ALL];
    const { out: json } = await cli(admin.url, ['rollback', 'yard', '--reason', 'why', '--json']);
    expect(JSON.parse(json)).toMatchObject({ effect: ALL, settled: true });
  });

  it('is their progress on a terminal', async () => {
    admin.effects = [{ told: 40, moved: 12 }, { told: 40, moved: 39 }, ALL];
    const { out } = await startInTerminal(admin.url, change).result();
    expect(out).toContain('… 12 of 40 connected clients moved');
    expect(out).toContain('\r\n40 of 40 connected clients moved in 2.1 s');
  });

  it('is that some did not follow', async () => {
    admin.effects = [{ told: 40, moved: 38, told_ms: 600, moved_ms: 900 }];
    const { code, out, err } = await cli(admin.url, [...change, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ effect: { told: 40, moved: 38 }, settled: false });
    expect(err).toContain('did not follow yet');
  });

  it('is nothing when the operator does not wait', async () => {
    const { out } = await cli(admin.url, [...change, '--no-wait']);
    expect(out).toBe('yard: canary 5 % → canary 20 %\n');
  });

  it('goes on without a command that ends early, and the command says so', async () => {
    admin.effects = [{ told: 40, moved: 12 }];
    const command = startCli(admin.url, change);
    await new Promise<void>((resolve) => {
      const look = () => (admin.state.percent === 20 ? resolve() : setImmediate(look));
      look();
    });
    command.signal('SIGINT');
    const { code, err } = await command.result();
    expect(code).toBe(130);
    expect(err).toContain('yard: canary 5 % → canary 20 %. The change is made');
  });

  it('is not known when the answer is lost, and the command says where to look', async () => {
    admin.losesAnswers = true;
    const { code, out, err } = await cli(admin.url, change);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('It may have got the change before: switchyard status yard shows it.');
    expect(admin.state.percent).toBe(20);
  });

  it.each([
    ['Zoë\nX-Evil: 1', 'Zoë X-Evil: 1'],
    ['Дана', '????'],
  ])('and the person %j is named to the server as %j', async (person, named) => {
    await cli(admin.url, [...change, '--no-wait', '--as', person]);
    expect(admin.actor).toBe(named);
  });
});
