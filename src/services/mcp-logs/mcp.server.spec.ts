import '@switchyard/services';
import type { LogLevel, ServerStatus } from '@switchyard/services';
import { Processes } from '../../processes/index.js';
import type { IndexRequests } from './index.requests.js';
import { McpServer } from './mcp.server.js';
import { McpSession } from './mcp.session.js';
import { McpSettings } from './mcp.settings.js';

const program = (script: string) => ({ program: process.execPath, args: ['-e', script], cwd: process.cwd() });

describe('an MCP server', () => {
  const processes = new Processes();
  const servers: McpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    await processes.beforeApplicationShutdown();
  });

  function make(given: Partial<McpSettings> = {}) {
    const settings = new McpSettings(given);
    const log: { level: LogLevel; message: string; source: string }[] = [];
    const statuses: ServerStatus[] = [];
    const watchers = new Set<() => void>();
    const changed = () => watchers.forEach((look) => look());
    const requests = { answer: () => ({ hits: [], sources: [] }) } as unknown as IndexRequests;
    const server = new McpServer('one', settings, {
      launch: (write) => new McpSession(processes, requests, settings, write),
      log: (level, message, source) => {
        log.push({ level, message, source });
        changed();
      },
      report: (status) => {
        statuses.push(status);
        changed();
      },
    });
    servers.push(server);
    const until = (reached: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => void (reached() && resolve());
        watchers.add(look);
        look();
      });
    return { server, log, statuses, until, states: () => statuses.map(({ status }) => status) };
  }

  it('is started once when start() is called twice, logs its start and its end, and stops', async () => {
    const { server, log, states } = make();
    const [first, second] = await Promise.all([server.start(), server.start()]);
    expect(first).toEqual({ server_id: 'one', status: 'running', pid: expect.any(Number) });
    expect(second).toEqual(first);
    expect(await server.start()).toEqual(first);
    expect(processes.size).toBe(1);
    expect(await server.callTool('search', { query: 'points' })).toMatchObject({ is_error: false });
    expect(await server.callTool('constructor', {})).toMatchObject({ is_error: true });
    expect(await server.stop()).toEqual({ server_id: 'one', status: 'stopped', exit_code: 0 });
    expect(processes.size).toBe(0);
    expect(states()).toEqual(['starting', 'running', 'stopping', 'stopped']);
    expect(log.filter(({ source }) => source === 'supervisor').map(({ message }) => message)).toEqual([
      'Starting the server',
      expect.stringMatching(/^The server runs as process \d+ and offers search, list_sources$/),
      'The server was stopped, with exit code 0',
    ]);
    expect(log).toContainEqual({ level: 'INFO', message: expect.stringContaining('search "points"'), source: 'index' });
    expect(log).toContainEqual({ level: 'INFO', message: expect.stringContaining('ready'), source: 'stderr' });
    expect(() => server.callTool('search', {})).toThrow(expect.objectContaining({ code: 'server.stopped' }));
    expect(await server.stop()).toMatchObject({ status: 'stopped' });
  });

  it('is started again after a crash', async () => {
    const { server, states, statuses, until } = make({ restartDelayMs: 1 });
    const { pid } = await server.start();
    process.kill(pid!, 'SIGKILL');
    await until(() => states().filter((state) => state === 'running').length === 2);
    expect(states()).toEqual(['starting', 'running', 'crashed', 'starting', 'running']);
    expect(statuses[2]).toEqual({ server_id: 'one', status: 'crashed', exit_code: 137 });
    expect(statuses[4]!.pid).not.toBe(pid);
  });

  it('is given up after many crashes, until a user starts it', async () => {
    const call = program(`console.error('FATAL no index'); process.exit(3)`);
    const { server, log, states, until } = make({ call, restartDelayMs: 1, maxRestarts: 2 });
    expect(await server.start()).toEqual({ server_id: 'one', status: 'crashed', exit_code: 3 });
    await until(() => log.some(({ message }) => message.includes('not started again')));
    expect(states()).toEqual(['starting', 'crashed', 'starting', 'crashed', 'starting', 'crashed']);
    expect(log).toContainEqual({ level: 'CRITICAL', message: 'FATAL no index', source: 'stderr' });
    expect(await server.start()).toMatchObject({ status: 'crashed' });
    expect(states()).toHaveLength(8);
  });

  it('waits longer after each crash, and is not restarted once it is stopped', async () => {
    const { server, log, states, until } = make({
      call: program('process.exit(1)'),
      restartDelayMs: 5,
      longestRestartDelayMs: 15,
      maxRestarts: 3,
    });
    await server.start();
    await until(() => log.some(({ message }) => message.includes('not started again')));
    const delays = log.flatMap(({ message }) => /again in (.*) s/.exec(message)?.[1] ?? []);
    expect(delays).toEqual(['0.005', '0.01', '0.015']);
    const waiting = make({ call: program('process.exit(1)'), restartDelayMs: 1_000_000 });
    await waiting.server.start();
    expect(await waiting.server.stop()).toEqual({ server_id: 'one', status: 'stopped', exit_code: 1 });
    expect(waiting.states()).toEqual(['starting', 'crashed', 'stopped']);
    expect(states().at(-1)).toBe('crashed');
  });

  it('counts as crashed when it does not answer or cannot be started', async () => {
    const deaf = make({ call: program('setInterval(() => {}, 1e6)'), startTimeoutMs: 50, maxRestarts: 0 });
    expect(await deaf.server.start()).toMatchObject({ status: 'crashed', exit_code: 143 });
    expect(deaf.log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('does not answer') }));
    const missing = make({ call: { program: 'no-such-program', args: [], cwd: '/' }, maxRestarts: 0 });
    expect(await missing.server.start()).toMatchObject({ status: 'crashed', exit_code: 127 });
    expect(missing.log).toContainEqual(expect.objectContaining({ message: expect.stringContaining('ENOENT') }));
  });

  it('may write lines that are no messages', async () => {
    const call = program(`process.stdout.write('hello\\n'); process.stdin.once('end', () => process.exit(0)).resume()`);
    const { server, log, until } = make({ call, startTimeoutMs: 20_000, maxRestarts: 0 });
    const started = server.start();
    await until(() => log.some(({ level, source }) => level === 'WARNING' && source === 'supervisor'));
    await server.stop();
    expect(await started).toMatchObject({ status: 'stopped' });
  });

  it('may write a line that is longer than any message, and continues', async () => {
    const call = program(`
      process.stdout.write('x'.repeat(11 * 2 ** 20) + '\\n', () => console.error('written'));
      process.stdin.once('end', () => process.exit(0)).resume();`);
    const { server, log, until } = make({ call, startTimeoutMs: 1_000_000, maxRestarts: 0 });
    const started = server.start();
    await until(() => log.some(({ message }) => message.includes('exceeded maximum size')));
    await until(() => log.some(({ message }) => message === 'written'));
    await server.stop();
    expect(await started).toMatchObject({ status: 'stopped' });
  });

  it('may write too many lines; the lines over the limit are left out and counted', async () => {
    const call = program(`process.stderr.write('a line\\n'.repeat(20_000), () => process.exit(0))`);
    const { server, log, states, until } = make({
      call,
      linesPerSecond: 100,
      startTimeoutMs: 1_000_000,
      maxRestarts: 0,
    });
    await server.start();
    await until(() => states().includes('crashed'));
    const kept = log.filter(({ message }) => message === 'a line').length;
    const leftOut = log.flatMap(({ message }) => /^(\d+) lines were left out/.exec(message)?.[1] ?? []).map(Number);
    expect(kept).toBeGreaterThanOrEqual(100);
    expect(leftOut.length).toBeGreaterThan(0);
    expect(leftOut.reduce((sum, lines) => sum + lines, kept)).toBe(20_000);
  });
});
