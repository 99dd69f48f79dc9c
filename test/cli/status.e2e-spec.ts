import { allowedMoves, STAGES, type MigrationState } from '@switchyard/contract';
import { NestFactory } from '@nestjs/core';
import { RealtimeModule } from '@switchyard/server';
import { startBoard, type BoardServer } from './board.server.js';
import { cliHere } from './cli.here.js';
import { startInTerminal } from './cli.process.js';

const TOKEN = 'a-token-of-this-test';
const ESCAPE = '\u001b';

describe('switchyard status', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
  });
  afterAll(() => server.close());

  it('shows a line for every service', async () => {
    await server.set({ stage: 'canary', percent: 12.5, closed: true, reason: 'first users' });
    const { code, out } = await server.run('status');
    expect(code).toBe(0);
    const [heading, ...lines] = out.trimEnd().split('\n');
    expect(heading).toMatch(/^SERVICE +STAGE .*CHANGED +AT +BY +WHY$/);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['board', 'meter', 'shelf']);
    const { updated_at } = server.board();
    expect(lines[0]).toContain('canary 12.5 %, closed');
    expect(lines[0]).toContain(`${updated_at.slice(0, 10)} ${updated_at.slice(11, 19)} UTC  test   first users`);
  });

  it('says of a server without services how to have one', async () => {
    const imports = [
      RealtimeModule.forRoot({ authenticate: () => Promise.resolve(undefined), allowedOrigins: [], adminToken: TOKEN }),
    ];
    const app = await NestFactory.create({ module: class Host {}, imports }, { logger: false });
    await app.listen(0, '127.0.0.1');
    const { code, out } = await cliHere(await app.getUrl(), ['status'], { ADMIN_TOKEN: TOKEN });
    await app.close();
    expect(out).toBe('The server has no services: no provider of its application has @ServiceGateway.\n');
    expect(code).toBe(0);
  });

  it('writes the states of the server as JSON', async () => {
    const { code, out } = await server.run('status', 'board', '--json');
    expect(code).toBe(0);
    const { services } = JSON.parse(out) as { services: object[] };
    expect(services).toEqual([
      { ...server.board(), switch: 'lossless', moves: expect.any(Array), clients: {}, plan: null },
    ]);
  });

  it.each(STAGES)('shows the moves that the contract allows from %s', async (stage) => {
    await server.set({ stage, percent: 5 });
    const { out } = await server.run('status', 'board', '--json');
    const [{ moves }] = (JSON.parse(out) as { services: [{ moves: string[] }] }).services;
    expect(moves).toEqual(allowedMoves(stage));
    const { out: text } = await server.run('status', 'board');
    const others = allowedMoves(stage).filter((move) => move !== stage || move === 'canary');
    expect(text).toMatch(new RegExp(`^  moves +${others.join(', ')}$`, 'm'));
  });

  it('writes nothing of a reason that a terminal would obey', async () => {
    const reason = `bad ${ESCAPE}[2Jscreen ${ESCAPE}]0;title\u0007\u009b31m\nline\u202e two`;
    await server.set({ stage: 'legacy', reason });
    const outputs = [await server.run('status'), await server.run('status', 'board')];
    for (const { out } of outputs) {
      expect(out).toMatch(/bad screen .*line two$/m);
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    const { out } = await server.run('status', 'board', '--json');
    expect(out.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    const [state] = (JSON.parse(out) as { services: [MigrationState] }).services;
    expect(state.reason).toBe(reason);
  });

  it('shows colours and cuts long reasons on a terminal only', async () => {
    await server.set({ stage: 'legacy', closed: true, reason: 'a long reason '.repeat(20) });
    const { out: piped } = await server.run('status');
    expect(piped).not.toContain(ESCAPE);
    expect(piped).toContain('a long reason '.repeat(19).trim());
    const terminal = startInTerminal(server.url, ['status']);
    const { code, out } = await terminal.result();
    expect(code).toBe(0);
    expect(out).toContain(`${ESCAPE}[31mboard`);
    expect(out).toContain('…');
    const plain = await startInTerminal(server.url, ['status'], { NO_COLOR: '1' }).result();
    expect(plain.out).toContain('board');
    expect(plain.out).not.toContain(`${ESCAPE}[`);
  });

  it('names the services when there is none of that name', async () => {
    const { code, out, err } = await server.run('status', 'bord');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('bord');
    expect(err).toContain('board, meter, shelf');
  });
});
