import { join } from 'node:path';
import type { MoveEffect } from '@switchyard/contract';
import { ROOT } from '../readme/pages.js';
import { startAdmin, type AdminServer } from './admin.server.js';
import { cliHere } from './cli.here.js';
import { cli, startCli, startInTerminal } from './cli.process.js';

/** What follows a change, with its waits. */
interface Follower {
  followMove(
    api: object,
    state: { service: string; updated_at: string },
    show: (effect: MoveEffect) => void,
    waits_ms: { ask: number; told: number; stuck: number },
  ): Promise<object | undefined>;
}

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
    const { out, err } = await cliHere(admin.url, ['status']);
    expect(err).toBe('');
    expect(out).toMatch(/^SERVICE +STAGE +SOCKETIO +LEGACY +MULTIPLEX +CHANGED/);
    expect(out).toMatch(/^yard +canary 5 % +12 +230 +7 /m);
    expect((await cliHere(admin.url, ['status', 'yard'])).out).toContain('socketio 12, legacy 230, multiplex 7');
    const { services } = JSON.parse((await cliHere(admin.url, ['status', '--json'])).out) as { services: object[] };
    expect(services).toEqual([expect.objectContaining({ clients: admin.clients })]);
  });

  it('is left out, with a note, when the server does not count them', async () => {
    const { out, err } = await cliHere(admin.url, ['status']);
    expect(out).not.toContain('SOCKETIO');
    expect(err).toBe('The server does not say how many clients use each wire.\n');
    const { services } = JSON.parse((await cliHere(admin.url, ['status', '--json'])).out) as { services: object[] };
    expect(services).toEqual([expect.objectContaining({ clients: null })]);
  });

  it('is how many moved, once all have', async () => {
    admin.effects = [{ told: 0, moved: 0 }, { told: 40, moved: 12 }, ALL];
    const { code, out } = await cliHere(admin.url, change);
    expect(code).toBe(0);
    expect(out).toBe('yard: canary 5 % → canary 20 %\n40 of 40 connected clients moved in 2.1 s\n');
    admin.effects = [ALL];
    const { out: json } = await cliHere(admin.url, ['rollback', 'yard', '--reason', 'why', '--json']);
    expect(JSON.parse(json)).toMatchObject({ effect: ALL, settled: true });
  });

  it('is their progress on a terminal', async () => {
    admin.effects = [{ told: 40, moved: 12 }, { told: 40, moved: 39 }, ALL];
    const { out } = await startInTerminal(admin.url, change).result();
    expect(out).toContain('… 12 of 40 connected clients moved');
    expect(out).toContain('\r\n40 of 40 connected clients moved in 2.1 s');
  });

  it('is that some did not follow within the wait', async () => {
    const effect = { told: 40, moved: 38, told_ms: 600, moved_ms: 900 };
    const { followMove } = (await import(join(ROOT, 'migration/src/change/move.follower.mjs'))) as Follower;
    const at = new Date().toISOString();
    const api = { audit: () => Promise.resolve({ entries: [{ at, effect }] }) };
    const shown: MoveEffect[] = [];
    const show = (latest: MoveEffect) => void shown.push(latest);
    const waits_ms = { ask: 5, told: 0, stuck: 60 };
    const outcome = await followMove(api, { service: 'yard', updated_at: at }, show, waits_ms);
    expect(outcome).toEqual({ effect, settled: false });
    expect(shown.length).toBeGreaterThan(1);
  });

  it('is that nobody has to move, at once where nobody is connected', async () => {
    admin.clients = { legacy: 0, socketio: 0 };
    const { code, out } = await cliHere(admin.url, change);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'yard: canary 5 % → canary 20 %\nno connected client has to move\n',
    });
    expect(admin.audits).toBe(1);
  });

  it('is how many could not move, and the command waits no longer for those', async () => {
    admin.effects = [{ told: 40, moved: 38, failed: 2, told_ms: 600, moved_ms: 900 }];
    const { code, out, err } = await cli(admin.url, change);
    expect(code).toBe(0);
    expect(out).toContain('38 of 40 connected clients moved in 900 ms, and 2 could not\n');
    expect(err).toContain('did not follow yet');
    // It asks four times a second, and gives up on clients that say nothing after ten.
    expect(admin.audits).toBeLessThan(20);
  });

  it('is in the audit with how the clients fared before, a line for each arm in which anything happened', async () => {
    await cliHere(admin.url, [...change, '--no-wait']);
    admin.effects = [{ told: 40, moved: 38, failed: 2, told_ms: 600, moved_ms: 900 }];
    const quiet = {
      ...{ joins: 0, joins_failed: 0, joins_broken: 0, joins_recovered: 0, joins_reset: 0 },
      ...{ calls: 0, calls_failed: 0, calls_broken: 0, gaps: 0, moves_failed: 0 },
      ...{ delivery_p50_ms: null, delivery_p99_ms: null },
    };
    const busy = { ...quiet, joins: 120, joins_failed: 4, joins_broken: 3, calls: 30, gaps: 1, moves_failed: 2 };
    admin.figures = {
      at: '2026-01-01T12:00:02.000Z',
      since: '2026-01-01T11:55:00.000Z',
      clients: { legacy: 230, socketio: 12 },
      arms: { socketio: { ...busy, delivery_p50_ms: 3, delivery_p99_ms: 70 }, legacy: quiet },
    };
    const { out } = await cliHere(admin.url, ['audit', 'yard']);
    const [, row, ...lines] = out.trimEnd().split('\n');
    expect(row).toMatch(/ canary 20 % +40 +38 +2 +900 ms +why$/);
    expect(lines).toEqual([
      "  socketio: 12 open, 120 joins and 4 failed, 3 by the server's own fault, 30 calls, delivery p50 3 ms, p99 70 ms, 1 gaps, 2 failed moves",
      '  legacy: 230 open',
    ]);
    const { entries } = JSON.parse((await cliHere(admin.url, ['audit', 'yard', '--json'])).out) as {
      entries: object[];
    };
    expect(entries).toEqual([expect.objectContaining({ figures: admin.figures })]);
  });

  it('is that they begin with a snapshot, where the old wire has no positions', async () => {
    const text = 'begins with a snapshot: the old wire has no positions';
    const rollback = ['rollback', 'yard', '--to', 'shadow', '--no-wait', '--reason', 'why'];
    for (const [way, times] of [
      ['lossless', 0],
      ['snapshot', 1],
    ] as const) {
      admin.state = { ...admin.state, stage: 'canary', percent: 5, switch: way };
      const said = await Promise.all([
        cliHere(admin.url, ['status', 'yard']).then(({ out }) => out),
        cliHere(admin.url, [...change, '--no-wait']).then(({ err }) => err),
      ]);
      said.push((await cliHere(admin.url, rollback)).err);
      expect(said.map((output) => output.split(text).length - 1)).toEqual([times, times, times]);
      // Nobody moves.
      const further = await cliHere(admin.url, ['rollback', 'yard', '--to', 'legacy', '--no-wait', '--reason', 'why']);
      expect(further.err).toBe('');
    }
  });

  it('is what an endpoint that the host serves does not guarantee them', async () => {
    const note = '/ws/yard is served by the application\u001b[2J itself.';
    const shown = '/ws/yard is served by the application itself.';
    admin.state = { ...admin.state, notes: [note] };
    expect((await cliHere(admin.url, ['status', 'yard'])).out).toContain(shown);
    expect((await cliHere(admin.url, [...change, '--no-wait'])).err).toBe(`${shown}\n`);
    admin.state = { ...admin.state, stage: 'socketio', percent: 100 };
    const retire = ['retire', 'yard', '--confirm', 'yard', '--no-wait', '--reason', 'why'];
    expect((await cliHere(admin.url, retire)).err).toBe(`${shown}\n`);
  });

  it('is nothing when the operator does not wait', async () => {
    const { out } = await cliHere(admin.url, [...change, '--no-wait']);
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
    const { code, out, err } = await cliHere(admin.url, change);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('It may have got the change before: switchyard status yard shows it.');
    expect(admin.state.percent).toBe(20);
  });

  it.each([
    ['Zoë\nX-Evil: 1', 'Zoë X-Evil: 1'],
    ['Дана', '????'],
  ])('and the person %j is named to the server as %j', async (person, named) => {
    await cliHere(admin.url, [...change, '--no-wait', '--as', person]);
    expect(admin.actor).toBe(named);
  });
});
