import { FaultProxy } from '../harness/fault-proxy.js';
import { startBoard, type BoardServer } from './board.server.js';
import { startCli, type CliProcess } from './cli.process.js';

describe('switchyard watch', () => {
  let server: BoardServer;
  let proxy: FaultProxy;
  let watching: CliProcess;
  beforeEach(async () => {
    server = await startBoard();
    await server.set({ stage: 'canary', percent: 5 });
    proxy = await FaultProxy.to(Number(new URL(server.url).port));
  });
  afterEach(async () => {
    watching.signal('SIGKILL');
    await watching.result();
    await proxy.close();
    await server.close();
  });
  const watch = async (...args: string[]) => {
    watching = startCli(proxy.url, ['watch', ...args]);
    await watching.shows('Ctrl-C ends it');
  };

  it('writes one line for each change, and ends with 130 on Ctrl-C', async () => {
    await watch();
    await server.set({ percent: 20, reason: 'no complaints' });
    await watching.shows('no complaints');
    watching.signal('SIGINT');
    const { code, out } = await watching.result();
    expect(code).toBe(130);
    expect(out).toMatch(/^[-\d]+ [:\d]+ UTC {2}board: canary 5 % → canary 20 % {2}test: no complaints\n$/);
  });

  it('writes changes as lines of JSON', async () => {
    const from = server.board();
    await watch('board', '--json');
    await server.set({ percent: 20, reason: 'no complaints' });
    await watching.shows('no complaints');
    const to = server.board();
    expect(JSON.parse(watching.out)).toEqual({
      service: 'board',
      at: to.updated_at,
      by: 'test',
      reason: 'no complaints',
      from,
      to,
    });
  });

  it('says that the server is away and that it is back, and misses no change', async () => {
    await watch();
    proxy.refuse();
    proxy.cutClean();
    await watching.shows('it is asked again every second');
    await server.set({ percent: 20, reason: 'first' });
    await server.set({ stage: 'shadow', reason: 'second' });
    proxy.accept();
    await watching.shows('the server answers again');
    expect(watching.out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/canary 5 % → canary 20 % {2}test: first$/),
      expect.stringMatching(/canary 20 % → shadow {2}test: second$/),
    ]);
  });

  it('ends when its token is refused', async () => {
    watching = startCli(server.url, ['watch'], { ADMIN_TOKEN: 'another' });
    expect(await watching.result()).toMatchObject({ code: 4, out: '' });
  });

  it('ends when nobody reads it any more', async () => {
    await watch();
    watching.closeOutput();
    await server.set({ percent: 20 });
    expect((await watching.result()).code).toBe(0);
  });
});
