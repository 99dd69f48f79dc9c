import { once } from 'node:events';
import { connect } from 'node:net';
import { openSocket, openWs } from '../harness/clients.js';
import { slowness } from '../harness/machine.js';
import { startToys } from '../toys/toy.app.js';

describe('stopping the server', () => {
  it('tells every client, closes every kind of connection and ends in time', async () => {
    const toys = await startToys();
    toys.board.open('b');
    const socket = await openSocket(toys.url, '/board').connected();
    const polling = await openSocket(toys.url, '/board', { transports: ['polling'] }).connected();
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    const sdk = await openWs(toys.url, '/api/boards/b/ws?switchyard=1').opened();
    await sdk.waitFor((frame) => frame.includes('joined'));
    // A peer that shakes hands and then never answers a close.
    const deaf = connect(toys.port, '127.0.0.1');
    deaf.on('error', () => undefined);
    deaf.write(
      'GET /api/boards/b/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(deaf, 'data');
    const idle = await fetch(`${toys.url}/health/live`);
    await idle.text();

    const start = performance.now();
    await toys.close();
    expect(performance.now() - start).toBeLessThan(2000 * slowness());

    expect(await socket.next('service_draining')).toEqual([{ reconnect_in_ms: expect.any(Number) }]);
    expect(await sdk.waitFor((frame) => frame.includes('service_draining'))).toContain('reconnect_in_ms');
    // Not "io server disconnect": a Socket.IO client does not come back after that.
    expect(await socket.disconnected()).toMatch(/transport (close|error)/);
    expect(await polling.disconnected()).toMatch(/transport (close|error)/);
    expect((await old.closed()).code).toBe(1012);
    expect((await sdk.closed()).code).toBe(1012);
    expect(old.frames.some((frame) => frame.includes('draining'))).toBe(false);
    deaf.destroy();
  });

  it('is ready before and not reachable after', async () => {
    const toys = await startToys();
    expect((await fetch(`${toys.url}/health/ready`)).status).toBe(200);
    await toys.close();
    await expect(fetch(`${toys.url}/health/ready`)).rejects.toThrow();
  });
});
