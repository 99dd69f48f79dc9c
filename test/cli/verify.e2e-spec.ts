import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault, type KeyShare, type ServiceParity } from '@switchyard/contract';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { freePort } from '../harness/free.port.js';
import { until } from '../harness/until.js';
import { readPositioned, readSocketio } from '../parity/wire.frame.js';
import { WireProxy } from '../parity/wire.proxy.js';
import { ROOT } from '../readme/pages.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { cliHere } from './cli.here.js';
import { cli, startCli, startInTerminal, type CliResult } from './cli.process.js';

const EVERY_MS = 20;

/** What clients have reported, as the admin API shows it. */
const reported = (share?: KeyShare): ServiceParity => ({
  service: 'board',
  at: new Date().toISOString(),
  minutes: 10,
  matched: 400,
  shed: 0,
  mismatches: { missing: 0, extra: 0, duplicated: 0, reordered: 0, changed: 2, late: 0, ack: 0 },
  examples: [],
  differs: true,
  ...(share && { share }),
});

describe('verify', () => {
  let toys: ToyApp;
  let proxy: WireProxy;
  let posting: NodeJS.Timeout | undefined;
  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    toys.board.open('quiet');
    proxy = await WireProxy.to(toys.url, { path: '/socket.io/', read: readSocketio });
  });
  afterEach(async () => {
    clearInterval(posting);
    await proxy.close();
    await toys.close();
  });

  const post = (board_id = 'b') => toys.board.post({ board_id, text: 'a note' });
  /** Posts again and again. */
  const keepPosting = () => (posting = setInterval(() => void post(), EVERY_MS));
  const verify = (...args: string[]) => cli(proxy.url, ['verify', 'board', '--for', '1s', ...args]);
  /** The same for what is refused before it compares. */
  const verifyHere = (...args: string[]) => cliHere(proxy.url, ['verify', 'board', ...args]);

  it('ends with 0 when both wires bring the same', async () => {
    keepPosting();
    const { code, out, err } = await verify('--room', 'b');
    expect({ code, err }).toEqual({ code: 0, err: `comparing 1 room of board at ${proxy.url}: b\n` });
    expect(out).toMatch(/^board: legacy and socketio compared for 1\.\d s in 1 room\n[1-9]\d* matched, 0 mismatches\n/);
  });

  it('compares the wires of a server whose HTTP routes have a prefix', async () => {
    const prefixed = await startToys({ http: { prefix: '/live' } });
    prefixed.board.open('b');
    posting = setInterval(() => void prefixed.board.post({ board_id: 'b', text: 'a note' }), EVERY_MS);
    const { code, out } = await cli(`${prefixed.url}/live`, ['verify', 'board', '--for', '1s', '--room', 'b']);
    await prefixed.close();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/\n[1-9]\d* matched, 0 mismatches\n/) });
  });

  it('compares the rooms that are in use', async () => {
    await post();
    keepPosting();
    const { code, err } = await verify();
    expect({ code, err }).toEqual({ code: 0, err: `comparing 1 room of board at ${proxy.url}: b\n` });
  });

  it.each([
    ['socketio', { path: '/socket.io/', read: readSocketio }],
    ['legacy', { path: '/api/', read: readPositioned }],
  ])('ends with 1 and names room, offset and field when an event differs on %s', async (_, wire) => {
    const faulty = await WireProxy.to(toys.url, wire);
    const command = startCli(faulty.url, ['verify', 'board', '--for', '2s', '--room', 'b']);
    await command.shows('comparing 1 room');
    const injected = faulty.inject({ kind: 'changed', change: (note) => ({ ...note, text: 'another' }) });
    keepPosting();
    const { code, out, err } = await command.result();
    const { events } = await injected;
    await faulty.close();
    const { offset, epoch } = events[0]!;
    expect(out).toContain(
      `MISMATCH board_b, offset ${offset} of epoch ${epoch}: changed on socketio, note; fields text\n`,
    );
    expect(out).toMatch(/[1-9]\d* matched, 1 mismatch \(1 changed\)/);
    expect(err).toContain('unable to verify board; there are 1 mismatch\nDo not promote it.');
    expect(code).toBe(1);
  });

  it('writes mismatches and the result as JSON for programs', async () => {
    const command = startCli(proxy.url, ['verify', 'board', '--for', '2s', '--room', 'b', '--json']);
    await command.shows('comparing 1 room');
    void proxy.inject({ kind: 'changed', change: (note) => ({ ...note, text: 'another' }) });
    keepPosting();
    const { out } = await command.result();
    const [mismatch, result, ...more] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(more).toEqual([]);
    expect(mismatch).toMatchObject({ kind: 'changed', room: 'board_b', offset: expect.any(Number), fields: ['text'] });
    expect(result).toMatchObject({
      service: 'board',
      matched: expect.any(Number),
      mismatches: { changed: 1 },
      rooms: ['b'],
      verdict: 'parity.differs',
    });
  });

  it('shows its progress on a terminal', async () => {
    keepPosting();
    const command = startInTerminal(proxy.url, ['verify', 'board', '--room', 'b', '--for', '1s']);
    await command.shows('s left, ');
    const { code, out } = await command.result();
    expect(out).toMatch(/\d s left, \d+ matched, 0 mismatches/);
    expect(code).toBe(0);
  });

  it('shows what was found so far when Ctrl-C ends it', async () => {
    keepPosting();
    const command = startCli(proxy.url, ['verify', 'board', '--room', 'b', '--for', '1h']);
    await command.shows('comparing 1 room');
    const { events } = await proxy.inject({ kind: 'changed', change: (note) => ({ ...note, text: 'another' }) });
    await command.shows(`offset ${events[0]!.offset} `);
    command.signal('SIGINT');
    const { code, out, err } = await command.result();
    expect(out).toContain('1 mismatch (1 changed)');
    expect(err).toContain('you ended it');
    expect(code).toBe(130);
  });

  describe('is no success', () => {
    const fails = ({ code, out, err }: CliResult, expected: number, ...texts: string[]) => {
      for (const text of texts) expect(err).toContain(text);
      expect({ code, out }).toEqual({ code: expected, out: expect.not.stringContaining('MISMATCH') });
    };

    it('when no event came', async () => {
      const result = await verify('--room', 'quiet');
      fails(result, 6, 'no event came over both wires', 'Nothing was compared.');
      expect(result.out).toContain('0 matched, 0 mismatches');
    });

    it('when no room is in use', async () => {
      fails(await verifyHere(), 6, 'none of its rooms is in use now', '--room <key>');
    });

    it.each([
      ['nowhere', 'room.not_found', '--room takes the key'],
      ['forbidden', 'room.forbidden', 'SWITCHYARD_TOKEN'],
    ])('when the room %s cannot be joined', async (room, code, help) => {
      const { code: exit, out, err } = await verify('--room', room, '--json');
      expect(JSON.parse(err)).toMatchObject({ error: { code, help: expect.stringContaining(help) } });
      expect({ exit, out }).toEqual({ exit: 6, out: '' });
    });

    it('for a time that is none', async () => {
      for (const time of ['30', '0s', '25h', 'soon'])
        fails(await verifyHere('--for', time), 2, 'such as 30s, 5m or 1h');
    });

    it('for an unknown service', async () => {
      fails(await cliHere(proxy.url, ['verify', 'trains']), 1, 'there is none of that name', 'board, meter, shelf');
    });

    it('when the server is away', async () => {
      fails(
        await cliHere(`http://127.0.0.1:${await freePort()}`, ['verify', 'board']),
        3,
        'unable to reach the server',
      );
    });

    it('when the admin token is wrong', async () => {
      fails(await cliHere(proxy.url, ['verify', 'board'], { ADMIN_TOKEN: 'wrong' }), 4, 'Set ADMIN_TOKEN');
    });

    it('when the server does not describe the service', async () => {
      const error = { code: 'path.not_found', error: 'unable to find the path; nothing is served there' };
      proxy.answers.set('/admin/migration/board/description', { status: 404, body: { error } });
      fails(await verifyHere('--room', 'b'), 5, 'does not describe it', 'Update the server.');
    });

    it('when the client is not built', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
      const from = join(ROOT, 'migration');
      await cp(from, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
      await mkdir(join(folder, 'node_modules'));
      for (const name of ['commander', 'ws']) {
        const places = [from, ROOT].map((base) => join(base, 'node_modules', name));
        await symlink(
          places.find((place) => existsSync(place))!,
          join(folder, 'node_modules', name),
        );
      }
      const program = spawn(process.execPath, [join(folder, 'bin/switchyard.mjs'), 'verify', 'board'], {
        env: { PATH: process.env.PATH!, SWITCHYARD_URL: proxy.url, ADMIN_TOKEN },
      });
      let stderr = '';
      program.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      const [status] = (await once(program, 'close')) as [number];
      await rm(folder, { recursive: true });
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('Run npm run build') });
    });
  });

  it('ends with 3 and shows what it found when the server went away meanwhile', async () => {
    keepPosting();
    const command = startCli(proxy.url, ['verify', 'board', '--room', 'b', '--for', '2s']);
    await command.shows('comparing 1 room');
    // Some events first.
    const events = proxy.events;
    await until('events', () => proxy.events > events + 5);
    await proxy.close();
    const { code, out, err } = await command.result();
    expect(err).toContain('unable to reach the server');
    expect(out).toMatch(/[1-9]\d* matched, 0 mismatches/);
    expect(code).toBe(3);
  });

  describe('shows what clients reported', () => {
    const PATH = '/admin/migration/board/parity';

    it('and does not fail for it', async () => {
      proxy.answers.set(PATH, {
        status: 200,
        body: reported({ expected: 10, observed: 10.4, keys: 300, verdict: 'agrees' }),
      });
      keepPosting();
      const { code, out } = await verify('--room', 'b');
      expect(out).toContain('clients reported in the last 10 minutes: 400 matched, 2 mismatches (2 changed)');
      expect(out).toContain('10.4 % of 300 clients use the new wire, the canary is 10 %: this agrees');
      expect(code).toBe(0);
    });

    it('and ends with 1 when the share of the canary differs', async () => {
      proxy.answers.set(PATH, {
        status: 200,
        body: reported({ expected: 10, observed: 3, keys: 300, verdict: 'differs' }),
      });
      keepPosting();
      const { code, err } = await verify('--room', 'b');
      expect(err).toContain("the share of clients on the new wire is not the canary's");
      expect(code).toBe(1);
    });
  });

  describe('with --contract', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    const CONTRACT = `export const board = { name: 'board', namespace: '/board', kind: 'log',
      room: { prefix: 'board', key: 'board_id' }, joins: ['join_board'], leaves: ['leave_board'], snapshot: 'board_history',
      calls: new Map(), events: new Map([['note', {}]]), notFound: 'room.not_found', presence: false, keep: 9 };\n`;
    const codec = (name: string, path: string) =>
      `export const ${name} = { path: '${path}', encodeEvent() {}, project: (event) => event, ignore: { note: ['text'] },
       decodeEvent: ({ data }) => ({ kind: 'event', event: 'note', payload: data }) };\n`;
    const file = async (name: string, content: string) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    };

    it('uses the rules of its codec', async () => {
      const module = await file('rules.mjs', CONTRACT + codec('one', '/api/boards/:board_id/ws'));
      void proxy.inject({ kind: 'changed', change: (note) => ({ ...note, text: 'another' }) });
      keepPosting();
      expect(await verify('--room', 'b', '--contract', module)).toMatchObject({ code: 0 });
    });

    it('shows only some of very many mismatches', async () => {
      const random = codec('one', '/api/boards/:board_id/ws').replace(
        "ignore: { note: ['text'] }",
        'normalise: (event) => ({ ...event, payload: { id: Math.random() } })',
      );
      const module = await file('random.mjs', CONTRACT + random);
      const command = startCli(proxy.url, ['verify', 'board', '--room', 'b', '--for', '2s', '--contract', module]);
      await command.shows('comparing 1 room');
      await toys.board.postMany({ board_id: 'b', count: 150 });
      const { code, out, err } = await command.result();
      expect(out.match(/^MISMATCH/gm)).toHaveLength(100);
      expect(out).toContain('0 matched, 150 mismatches (150 changed)');
      expect(err).toContain('further mismatches are counted, and not shown');
      expect(code).toBe(1);
    });

    it.each([
      ['none.mjs', 'export const x = 1;', 'unable to find a contract or codec of board'],
      ['other.mjs', CONTRACT.replace("name: 'board'", "name: 'boats'"), 'it exports the contract of boats'],
      ['codecs.mjs', codec('first', '/a') + codec('second', '/b'), 'unable to choose among the codecs'],
      ['codecs.mjs', codec('first', '/a') + codec('second', '/b'), 'it exports first, second'],
      ['contracts.mjs', CONTRACT + CONTRACT.replace('const board', 'const twin'), 'exports board, twin'],
      ['broken.mjs', 'export const', 'unable to load'],
    ])('refuses %s', async (name, content, message) => {
      const { code, out, err } = await verify('--room', 'b', '--contract', await file(name, content));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(message);
    });
  });
});

it('verify joins rooms with the token of a user', async () => {
  const toys = await startToys({
    authenticate: ({ token }) =>
      token === 'ada' ? Promise.resolve({ id: 'ada' }) : Promise.reject(new Fault('auth.required')),
  });
  toys.board.open('b');
  const posting = setInterval(() => void toys.board.post({ board_id: 'b', text: 'a note' }), EVERY_MS);
  const args = ['verify', 'board', '--room', 'b', '--for', '1s'];
  expect(await cli(toys.url, args, { SWITCHYARD_TOKEN: 'ada' })).toMatchObject({ code: 0 });
  expect(await cli(toys.url, [...args, '--token', 'ada'])).toMatchObject({ code: 0 });
  const { code, err } = await cli(toys.url, args);
  expect(err).toContain('SWITCHYARD_TOKEN');
  expect(code).toBe(4);
  clearInterval(posting);
  await toys.close();
});
