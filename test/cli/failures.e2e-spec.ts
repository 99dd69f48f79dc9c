import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { freePort } from '../harness/free.port.js';
import { startBoard, type BoardServer } from './board.server.js';
import { cli, startCli } from './cli.process.js';

const COMMANDS = ['status', 'promote', 'rollback', 'hold', 'unhold', 'close', 'open', 'audit', 'watch', 'verify'];

describe('a command that cannot be carried out', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
  });
  afterAll(() => server.close());

  it.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['promot', 'board']],
    ['an unknown option', ['status', '--jsn']],
    ['no service', ['promote', '--reason', 'x']],
    ['no reason', ['promote', 'board', '--yes']],
    ['an empty reason', ['rollback', 'board', '--reason', ' ']],
    ['a long reason', ['rollback', 'board', '--reason', 'x'.repeat(501)]],
    ['a stage that is none', ['promote', 'board', '--to', 'canarry', '--reason', 'x']],
    ['a percentage that is none', ['promote', 'board', '--percent', '101', '--reason', 'x']],
    ['a number that is none', ['audit', 'board', '--limit', '0']],
  ])('ends with 2 and a hint: %s', async (_, args) => {
    const { code, out, err } = await server.run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/switchyard/);
  });

  it.each(['localhost:8080', 'ftp://localhost', 'http://ada:secret@localhost'])(
    'ends with 2 when SWITCHYARD_URL is %s',
    async (url) => {
      const { code, err } = await cli(url, ['status']);
      expect(code).toBe(2);
      expect(err).toContain('SWITCHYARD_URL');
      expect(err).not.toContain('secret');
    },
  );

  it.each([' ', '\n'])('takes SWITCHYARD_URL and ADMIN_TOKEN with %j around them', async (space) => {
    const around = (text: string) => `${space}${text}${space}`;
    expect(await cli(around(server.url), ['status'], { ADMIN_TOKEN: around(ADMIN_TOKEN) })).toMatchObject({ code: 0 });
  });

  it.each(['', '/'])('says which address is wrong when SWITCHYARD_URL has a path%s', async (end) => {
    const { code, err } = await cli(`${server.url}/admin/migration${end}`, ['status']);
    expect(code).toBe(2);
    expect(err).toContain(`nothing is served at ${server.url}/admin/migration/admin/migration`);
    expect(err).toContain('SWITCHYARD_URL');
  });

  it('ends with 3 when nobody answers', async () => {
    const { code, err } = await cli(`http://127.0.0.1:${await freePort()}`, ['status']);
    expect(code).toBe(3);
    expect(err).toMatch(/unable to reach the server .*; ECONNREFUSED\nIs it running\?/);
  });

  it.each<[string, number, Record<string, string>, string, string]>([
    ['another server', 200, {}, '<html></html>', 'not a Switchyard server'],
    ['another server with JSON', 200, {}, '{}', 'not a Switchyard server'],
    ['another server with services', 200, {}, '{"services":[{}]}', 'not a Switchyard server'],
    ['another server with errors', 404, {}, '{"error":"not found"}', 'not a Switchyard server'],
    ['a proxy without a server behind it', 502, {}, 'Bad Gateway', 'status 502'],
    ['a redirect', 308, { location: 'https://elsewhere.example/' }, '', 'https://elsewhere.example/'],
  ])('ends with 3 when %s answers', async (_, status, headers, body, why) => {
    const other = createServer((_request, response) => response.writeHead(status, headers).end(body));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { code, err } = await cli(`http://127.0.0.1:${(other.address() as AddressInfo).port}`, ['status']);
    other.closeAllConnections();
    other.close();
    expect(code).toBe(3);
    expect(err).toContain(why);
  });

  it('ends with 4 when the token is wrong, and does not show it', async () => {
    const { code, err } = await cli(server.url, ['status'], { ADMIN_TOKEN: 'a-wrong-token' });
    expect(code).toBe(4);
    expect(err).toContain('Set ADMIN_TOKEN');
    expect(err).not.toContain('a-wrong-token');
  });

  it.each(['a-secret\nand-more', 'a-secret-ключ'])(
    'ends with 4 when no header can have the token %j',
    async (token) => {
      const { code, err } = await cli(server.url, ['status'], { ADMIN_TOKEN: token });
      expect(code).toBe(4);
      expect(err).toContain('unable to authenticate; the admin token has a character that no header can have');
      expect(err).toContain('Set ADMIN_TOKEN');
      expect(err).not.toContain('secret');
    },
  );

  it('takes any name of the person, and keeps its beginning', async () => {
    await server.set({ stage: 'legacy' });
    expect(await server.run('hold', 'board', '--reason', 'x', '--as', 'x'.repeat(20_000))).toMatchObject({ code: 0 });
    expect(server.board().updated_by).toMatch(/^x+$/);
    await server.set({ held: false });
  });

  it('ends with its code also when nobody reads its errors', async () => {
    const command = startCli(server.url, ['promot']);
    command.closeErrors();
    expect(await command.result()).toMatchObject({ code: 2 });
  });

  it('says what is wrong with a value that only the server can judge', async () => {
    const { code, err } = await server.run('audit', 'board', '--before', 'banana');
    expect(code).toBe(1);
    expect(err).toContain('\nbefore: must be the id of an entry of this service');
    expect(err).not.toContain('{');
  });

  it('ends with 4 when the admin API has no token', async () => {
    const closed = await startBoard({ adminToken: undefined });
    const { code, err } = await closed.run('status');
    await closed.close();
    expect(code).toBe(4);
    expect(err).toContain('Set the option adminToken (in the reference application ADMIN_TOKEN) and start again.');
  });

  it('writes the failure as JSON for programs', async () => {
    await server.set({ stage: 'legacy' });
    const args = ['promote', 'board', '--to', 'socketio', '--reason', 'x', '--yes', '--json'];
    const { code, out, err } = await server.run(...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'stage.illegal',
        error: 'unable to move board from legacy to socketio; that move is not allowed',
        help: expect.stringContaining('can move to: shadow.'),
        details: { from: 'legacy', to: 'socketio', allowed: ['legacy', 'shadow'] },
      },
    });
  });

  it.each(COMMANDS)('can be looked up: %s --help has examples and the exit codes', async (command) => {
    const { code, out } = await server.run(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`  $ switchyard ${command}`);
    expect(out).toMatch(/^ {2}5 +the server could not do it/m);
    expect((await server.run('--help')).out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });
});

describe('the admin token', () => {
  let server: BoardServer;
  let data: string;
  beforeAll(async () => {
    server = await startBoard();
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    await writeFile(join(data, 'admin-token'), `${ADMIN_TOKEN}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    await server.close();
    await rm(data, { recursive: true });
  });

  it('is read from the data folder of a server on this machine', async () => {
    expect(await cli(server.url, ['status'], { ADMIN_TOKEN: '', DATA_DIR: data })).toMatchObject({ code: 0 });
  });

  it('is missing where neither has it', async () => {
    const empty = join(data, 'empty');
    await mkdir(empty);
    const { code, err } = await cli(server.url, ['status'], { ADMIN_TOKEN: '', DATA_DIR: empty });
    expect(code).toBe(4);
    expect(err).toContain(empty);
  });

  it('of a server here is not sent to another machine, unless DATA_DIR says so', async () => {
    const { code, err } = await cli('http://switchyard.invalid', ['status'], { ADMIN_TOKEN: '' });
    expect(code).toBe(4);
    expect(err).not.toContain('admin-token in');
    expect(await cli('http://switchyard.invalid', ['status'], { ADMIN_TOKEN: '', DATA_DIR: data })).toMatchObject({
      code: 3,
    });
  });
});
