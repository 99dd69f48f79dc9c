import { Realtime, ServiceClient } from '@switchyard/client';
import { firstValueFrom } from 'rxjs';
import { FaultProxy } from '../harness/fault-proxy.js';
import { boardConfig } from '../toys/board.config.js';
import { board, type BoardTypes } from '../toys/board.toy.js';
import { startToys } from '../toys/toy.app.js';

describe('a server that is slower than the timeout of its clients', () => {
  it('gets more time with each attempt, so that in the end all who return at once are connected', async () => {
    const toys = await startToys();
    const proxy = await FaultProxy.to(toys.port);
    proxy.delay(60);
    const realtime = new Realtime({
      url: proxy.url,
      config: boardConfig('socketio'),
      reconnect: { minMs: 10, maxMs: 20 },
      timeouts: { connectMs: 50 },
      // No other wire is used.
      polling: { afterAttempts: Infinity },
    });
    const client = new ServiceClient<BoardTypes>(realtime, board);
    const { notes } = await firstValueFrom(client.room(toys.board.open('b')).snapshots$);
    expect(notes).toEqual([]);
    realtime.close();
    await proxy.close();
    await toys.close();
  });
});
