import { rmSync } from 'node:fs';
import { Stages } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { openSocket, openWs } from '../harness/clients.js';
import { fastFolder } from '../harness/fast.folder.js';
import { clientNumber } from '../harness/numbered.client.js';
import { parityOf } from '../harness/service.parity.js';
import { changeStage } from '../harness/stage.change.js';
import { FIFTH, fifthOfBoard } from '../toys/board.canary.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

/** How many clients come at once. */
const AT_ONCE = 20;

describe("the share of a canary's clients on the new wire", () => {
  let toys: ToyApp;
  /** Starts a server; its first answer about the share begins the count. */
  const start = async (options: ToyOptions = {}) => {
    toys = await startToys({ flagsFile: fifthOfBoard(), ...options });
    toys.board.open('b');
    return share();
  };
  afterEach(() => toys.close());

  const share = async () => (await parityOf(toys, 'board')).share;
  const isAdvisedNew = async (client_id: string) =>
    (await toys.get(Stages).wire('board', { key: `client:${client_id}`, client_id })) === 'socketio';
  const poll = async (client: string) => {
    const response = await fetch(`${toys.url}/realtime/rooms?client_id=${client}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rooms: [{ service: 'board', key: 'b' }] }),
    });
    await response.text();
  };
  const onNew = async (client_id: string, auth = {}) => {
    const socket = await openSocket(toys.url, '/board', { auth: { client_id, sdk: 'test', ...auth } }).connected();
    await socket.call('join_board', { board_id: 'b' });
  };
  const onOld = async (client: string, query = 'switchyard=1&') => {
    const ws = await openWs(toys.url, `/api/boards/b/ws?${query}client_id=${client}`).opened();
    // A sign of life may come before the answer to the join.
    await ws.waitFor((frame) => frame.includes('joined') || frame.includes('notes'));
  };
  /** Clients who come where they are advised; those for whom `isLost` is true come to the fallback instead. */
  const come = async (count: number, isLost: (n: number) => boolean = () => false) => {
    const one = async (n: number) => {
      const client = clientNumber(n);
      await ((await isAdvisedNew(client)) && !isLost(n) ? onNew(client) : poll(client));
    };
    const all = Array.from({ length: count }, (_, n) => n);
    for (let at = 0; at < count; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(one));
  };

  it('counts each of our clients once, by the wire on which it came first', async () => {
    expect(await start()).toEqual({ expected: 20, observed: null, keys: 0, verdict: 'waiting' });
    await onNew(clientNumber(1));
    await onNew(clientNumber(1));
    await poll(clientNumber(1));
    await onOld(clientNumber(2));
    await onNew(clientNumber(2));
    await poll(clientNumber(3));
    await onNew(clientNumber(4), { token: 'ann' });
    await onNew(clientNumber(5), { token: 'ann' });
    expect(await share()).toEqual({ expected: 20, observed: 50, keys: 4, verdict: 'waiting' });
  });

  it('does not count clients of others, shadows, and clients that get into no room', async () => {
    await start();
    await onNew(clientNumber(1), { sdk: undefined });
    await onNew(clientNumber(2), { shadow: true });
    await onOld(clientNumber(3), '');
    const headers = { 'x-client-id': clientNumber(4) };
    await fetch(`${toys.url}/realtime/rooms/board/b`, { headers });
    const socket = await openSocket(toys.url, '/board', {
      auth: { client_id: clientNumber(5), sdk: 'test' },
    }).connected();
    await socket.call('join_board', { board_id: 'unknown' });
    expect(await share()).toMatchObject({ keys: 0 });
  });

  it('agrees where everybody comes to the wire that is advised', async () => {
    await start();
    await come(220);
    const { verdict, keys, observed } = (await share())!;
    expect([verdict, keys]).toEqual(['agrees', 220]);
    expect(observed).toBeGreaterThan(10);
    expect((await parityOf(toys, 'board')).differs).toBe(false);
  });

  it('differs where the new wire loses its clients to a fallback, and stays so until the percentage is set again', async () => {
    await start();
    await come(230, () => true);
    expect(await share()).toEqual({ expected: 20, observed: 0, keys: 230, verdict: 'differs' });
    expect(await parityOf(toys, 'board')).toMatchObject({ matched: 0, differs: true });
    for (let n = 1000; n < 1020; n += 1) await onNew(clientNumber(n));
    await changeStage(toys, 'board', { held: true });
    expect(await share()).toMatchObject({ keys: 250, verdict: 'differs' });
    await changeStage(toys, 'board', { percent: 30, stage: 'canary', held: false });
    expect(await share()).toEqual({ expected: 30, observed: null, keys: 0, verdict: 'waiting' });
  });

  it('survives a restart, after which the clients that are there already count', async () => {
    const folder = fastFolder();
    const openStore = () => openLmdbStore(folder);
    const flagsFile = fifthOfBoard();
    try {
      await start({ openStore, flagsFile });
      await come(205, () => true);
      await toys.close();
      toys = await startToys({ openStore, flagsFile });
      toys.board.open('b');
      await onNew(clientNumber(0));
      await onNew(clientNumber(1000));
      await onNew(clientNumber(1001), { sdk: undefined });
      const auth = { client_id: clientNumber(1002), sdk: 'test' };
      await openSocket(toys.url, '/board', { auth }).connected();
      expect(await share()).toMatchObject({ keys: 206, verdict: 'differs' });
    } finally {
      await toys.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('counts nobody while clients move after a new percentage', async () => {
    await start();
    await changeStage(toys, 'board', { stage: 'canary', percent: 50 });
    await onNew(clientNumber(1));
    await poll(clientNumber(2));
    expect(await share()).toEqual({ expected: 50, observed: null, keys: 0, verdict: 'waiting' });
  });

  it('is not tested where something else than the percentage decides', async () => {
    const rules = { if: [{ in: [{ var: 'tenant' }, ['acme']] }, 'socketio', { fractional: FIFTH }] };
    expect(await start({ flagsFile: fifthOfBoard(rules) })).toBeUndefined();
    await toys.close();
    expect(await start({ flagsFile: fifthOfBoard({ fractional: [{ var: 'tenant' }, ...FIFTH] }) })).toBeUndefined();
    await toys.close();
    expect(await start()).toBeDefined();
    await changeStage(toys, 'board', { closed: true });
    expect(await share()).toBeUndefined();
    await changeStage(toys, 'board', { closed: false, stage: 'shadow' });
    expect(await share()).toBeUndefined();
  });
});
