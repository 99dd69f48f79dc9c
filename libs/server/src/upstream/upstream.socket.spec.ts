import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { UpstreamEnd } from './upstream.end.js';
import { UPSTREAM_DEFAULTS } from './upstream.settings.js';
import { UpstreamSocket } from './upstream.socket.js';

const FRAMES = 2000;
const FRAME_BYTES = 32_000;
/** What the system and the libraries hold between two sockets that nobody reads, at most. */
const IN_BETWEEN_BYTES = 20_000_000;

describe('a socket of an old server', () => {
  let server: WebSocketServer;
  let socket: UpstreamSocket | undefined;
  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
  });
  afterEach(() => {
    socket?.cut('the test is over');
    server.close();
  });

  it('is read only as fast as its frames are taken, and all of them in order', async () => {
    const taken: number[] = [];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const ended = new Promise<UpstreamEnd>((resolve) => {
      socket = new UpstreamSocket({ url }, UPSTREAM_DEFAULTS, {
        opened: () => Promise.resolve(),
        frame: async ({ data }) => {
          taken.push(data.readUInt32BE());
          await released;
        },
        ended: resolve,
      });
    });
    const [peer] = await connected;
    const sent = Array.from({ length: FRAMES }, (_, at) => {
      const frame = Buffer.alloc(FRAME_BYTES);
      frame.writeUInt32BE(at);
      return new Promise((resolve) => peer.send(frame, resolve));
    });
    // Nothing more moves once as much is on its way as fits.
    for (let before = Infinity; peer.bufferedAmount < before;) {
      before = peer.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(peer.bufferedAmount).toBeGreaterThan(FRAMES * FRAME_BYTES - IN_BETWEEN_BYTES);
    expect(taken).toEqual([0]);
    release();
    await Promise.all(sent);
    peer.close(1001);
    expect(await ended).toEqual({ code: 1001 });
    expect(taken).toEqual(Array.from({ length: FRAMES }, (_, at) => at));
  });
});
