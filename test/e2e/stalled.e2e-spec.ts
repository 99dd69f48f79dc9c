import type { Socket as NetSocket } from 'node:net';
import type { JoinReply, Reply } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { startToys } from '../toys/toy.app.js';

const PIECE = 'x'.repeat(100_000);
/** More of those than the buffers of the system hold. */
const LARGE = 120;
/** Bytes per second, so that they take a while. */
const SLOW = 6_000_000;

describe('a client that stops reading', () => {
  it('is disconnected before its backlog grows, and can resume; the others notice nothing', async () => {
    const toys = await startToys();
    const key = toys.board.open('b');
    const [stalled, other] = await Promise.all([0, 1].map(() => openSocket(toys.url, '/board').connected()));
    const old = await openWs(toys.url, `/api/boards/${key}/ws`).opened();
    await old.next();
    for (const client of [stalled!, other!]) await client.call('join_board', { board_id: key });
    const { engine } = stalled!.socket.io;
    (engine.transport as unknown as { ws: { _socket: NetSocket } }).ws._socket.pause();
    (old.ws as unknown as { _socket: NetSocket })._socket.pause();
    expect(await toys.board.present(key)).toHaveLength(3);

    // More than any socket buffer of the system holds, so that the rest has to wait in the server.
    let written = 0;
    while ((await toys.board.present(key)).length > 1) {
      await toys.board.post({ board_id: key, text: PIECE });
      written += 1;
      // A client that reads is never behind by more than one event.
      await other!.waitFor(({ args }) => (args[0] as { id?: number }).id === written, `note ${written}`);
    }
    expect((await toys.board.present(key)).map(({ id }) => id)).toEqual([other!.socket.id]);

    const back = await openSocket(toys.url, '/board', { auth: { sdk: 'test' } }).connected();
    const reply = await back.call<Reply<JoinReply>>('join_board', { board_id: key });
    expect((reply as { data: JoinReply }).data.offset).toBe(written);
    await toys.close();
  });
});

describe('a client on a slow line', () => {
  it.each(['Socket.IO', 'the old wire'])('gets a snapshot that is larger than its budget over %s', async (wire) => {
    const toys = await startToys();
    const key = toys.board.open('b');
    for (let n = 0; n < LARGE; n += 1) await toys.board.post({ board_id: key, text: PIECE });
    const proxy = await FaultProxy.to(Number(new URL(toys.url).port));
    proxy.throttle(SLOW);
    if (wire === 'Socket.IO') {
      const client = await openSocket(proxy.url, '/board').connected();
      const reply = await client.call<Reply<JoinReply>>('join_board', { board_id: key });
      expect((reply as { data: JoinReply }).data.offset).toBe(LARGE);
    } else {
      const client = await openWs(proxy.url, `/api/boards/${key}/ws`).opened();
      expect((await client.next()).length).toBeGreaterThan(LARGE * PIECE.length);
    }
    await proxy.close();
    await toys.close();
  });
});
