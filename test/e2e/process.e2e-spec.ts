import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tasks } from '@switchyard/services';
import { openWs } from '../harness/clients.js';
import { slowness } from '../harness/machine.js';
import { call } from '../restart/busy.service.js';
import { CONNECTIONS } from '../restart/open.connections.js';
import { RestartedApp } from '../restart/restarted.app.js';

const HARNESS = join(__dirname, '../harness');
const AT_SIGNAL = `--require ${join(HARNESS, 'at.signal.cjs')}`;
const STAND_STILL = { NODE_OPTIONS: AT_SIGNAL, AT_SIGUSR2: 'for (;;);' };
const OLD = '/api/knowledge-items/stream';
const SWALLOW_SIGNALS = `--require ${join(HARNESS, 'swallow.signals.cjs')}`;
/** Starts a program as the first process of its own namespace, like a container. */
const AS_FIRST = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
const mayBeFirst = spawnSync(AS_FIRST[0]!, [...AS_FIRST.slice(1), 'true']).status === 0;
const FIRST = mayBeFirst ? AS_FIRST : [];
/** The documented time limit of a stop, in ms. */
const STOP_MS = 9000;
const WATCHDOG_MS = 1000;

jest.setTimeout(120_000);

describe('the process of the application', () => {
  let data: string;
  let app: RestartedApp;
  const opened: { close(): unknown }[] = [];
  const start = async (environment: Readonly<Record<string, string>> = {}, launcher: readonly string[] = []) => {
    app = await RestartedApp.start({ DATA_DIR: data, HOST: '127.0.0.1', ...environment }, launcher);
  };
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
  });
  afterEach(async () => {
    for (const connection of opened.splice(0)) await connection.close();
    await app.end();
    await rm(data, { recursive: true });
  });

  const isLive = async () => (await fetch(`${app.url}/health/live`)).ok;
  const createProject = () => call(app, tasks, 'create_project', { title: 'a project' });

  it.each(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE'] as const)(
    'dies at once of %s, the signal of a fault in native code',
    async (signal) => {
      await start();
      const ws = await openWs(app.url, OLD).opened();
      app.signal(signal);
      expect(await app.ended()).toBe(signal);
      // There is no close frame; after a real fault, a signal handler in JavaScript would run again and again.
      expect((await ws.closed()).code).toBe(1006);
    },
  );

  it('dies when its data file is truncated', async () => {
    await start();
    await createProject();
    await truncate(join(data, 'store', 'data.mdb'), 8192);
    const died = app.ended();
    void createProject().catch(() => undefined);
    expect(await died).toBe('SIGBUS');
  });

  it.each([
    ['an error that nobody handles', 'setTimeout(() => { throw new Error("a planted fault"); })'],
    ['a rejection that nobody handles', 'Promise.reject(new Error("a planted fault"))'],
  ])('ends with code 1 and says why after %s', async (_, fault) => {
    await start({ NODE_OPTIONS: AT_SIGNAL, AT_SIGUSR2: fault });
    app.signal('SIGUSR2');
    expect(await app.ended()).toBe(1);
    expect(app.said).toMatch(/FATAL.*unable to go on; .*a planted fault/);
  });

  it('ends when it cannot listen, whatever it has already opened', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await start();
    const second = RestartedApp.start({ DATA_DIR: join(data, 'second'), HOST: '127.0.0.1', PORT: String(port) });
    await expect(second).rejects.toThrow(`unable to listen; port ${port} is in use by another program`);
    other.close();
  });

  it.each([
    ['', []],
    [', also as the first process of a container', FIRST],
  ])('is ended by its watchdog when its event loop is blocked%s', async (_, launcher) => {
    await start({ ...STAND_STILL, WATCHDOG_MS: String(WATCHDOG_MS) }, launcher);
    app.signal('SIGUSR2');
    // The first process of a container is spared the signal, and ends by a trap.
    expect(await app.ended()).toBe(launcher.length > 0 ? 'SIGTRAP' : 'SIGABRT');
    expect(app.said).toContain(`the event loop has not run for ${WATCHDOG_MS} ms (WATCHDOG_MS), ending the process`);
  });

  it('continues after it was suspended for longer than its watchdog waits', async () => {
    await start({ WATCHDOG_MS: String(WATCHDOG_MS) });
    app.signal('SIGSTOP');
    // This test is about time.
    await new Promise((resolve) => setTimeout(resolve, 2 * WATCHDOG_MS));
    app.signal('SIGCONT');
    expect(await isLive()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, WATCHDOG_MS / 4));
    expect(await isLive()).toBe(true);
    app.signal('SIGTERM');
    expect(await app.ended()).toBe('SIGTERM');
  });

  it('survives a blocked event loop while its watchdog is off', async () => {
    await start({ ...STAND_STILL, WATCHDOG_MS: '0' });
    app.signal('SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 2 * WATCHDOG_MS));
    expect(app.isUp).toBe(true);
  });

  it.each<[string, 0 | 'SIGTERM', Readonly<Record<string, string>>, readonly string[]]>([
    ['once the signal is sent again by the framework', 'SIGTERM', {}, []],
    ['when no second signal reaches it', 0, { NODE_OPTIONS: SWALLOW_SIGNALS }, []],
    // Where such a process may not be started, this repeats the case above.
    ['as the first process of a container', 0, mayBeFirst ? {} : { NODE_OPTIONS: SWALLOW_SIGNALS }, FIRST],
  ])('ends by itself with every kind of connection open, %s', async (_, ending, environment, launcher) => {
    await start(environment, launcher);
    for (const open of Object.values(CONNECTIONS)) {
      const connection = await open(app);
      if (connection) opened.push(connection);
    }
    const began = performance.now();
    app.signal('SIGTERM');
    expect(await app.ended()).toBe(ending);
    expect(performance.now() - began).toBeLessThan(STOP_MS * slowness());
  });

  it('ends at once on a second signal to stop', async () => {
    await start();
    // Delays the stop.
    const upload = await CONNECTIONS['an upload that does not go on']!(app);
    opened.push(upload!);
    const ws = await openWs(app.url, `${OLD}?switchyard=1`).opened();
    app.signal('SIGTERM');
    await ws.waitFor((frame) => frame.includes('service_draining'));
    // A second signal within 250 ms counts as a repetition of the first.
    await new Promise((resolve) => setTimeout(resolve, 300));
    app.signal('SIGINT');
    expect(await app.ended()).toBe(130);
  });
});
