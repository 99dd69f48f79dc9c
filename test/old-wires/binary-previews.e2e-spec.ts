import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Realtime, ServiceClient } from '@switchyard/client';
import { bytesToBase64, pollPath } from '@switchyard/contract';
import { WebSocket, WebSocketServer } from 'ws';
import { openWs } from '../harness/clients.js';
import { Inbox } from '../harness/inbox.js';
import type { TestWs } from '../harness/test-ws.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { PreviewsGateway, previewSocket, previews } from './binary-previews.example.js';
import { MovingPage } from './moving.page.js';
import { showsExample } from './old.page.js';

/** Every byte, many times: text would not survive. */
const IMAGE = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 256));

/** The frames of a socket as they are, with bytes as a Buffer. */
function framesOf({ ws }: TestWs): Inbox<Buffer | string> {
  const inbox = new Inbox<Buffer | string>('an old client');
  ws.on('message', (data: Buffer, isBinary) => inbox.put(isBinary ? data : data.toString()));
  return inbox;
}

describe('an old wire with binary previews', () => {
  let toys: ToyApp;
  let gateway: PreviewsGateway;
  let count = 0;
  let key: string;
  beforeAll(async () => {
    toys = await startToys({ providers: [PreviewsGateway] });
    gateway = toys.get(PreviewsGateway);
  });
  afterAll(() => toys.close());
  beforeEach(() => {
    key = `preview-${(count += 1)}`;
    gateway.images.set(key, bytesToBase64(Buffer.from([7, 0, 255])));
  });

  const connect = async () => {
    const ws = openWs(toys.url, `/previews/${key}`);
    const frames = framesOf(ws);
    const next = () => frames.take(() => true);
    expect([await next(), await next()]).toEqual(['{"hello":true}', Buffer.from([7, 0, 255])]);
    return { ws, next };
  };

  it('gives a client binary and text frames as the codec decides, with every byte intact', async () => {
    const { next } = await connect();
    await gateway.show(key, bytesToBase64(IMAGE));
    await gateway.click({ preview_id: key, x: 1, y: 2 });
    expect(await next()).toEqual(IMAGE);
    expect(await next()).toBe('{"clicked":{"x":1,"y":2}}');
  });

  it('reads the binary frames of a client', async () => {
    const { ws, next } = await connect();
    ws.ws.send(Buffer.from([1, 200, 250]));
    expect(await next()).toBe('{"clicked":{"x":200,"y":250}}');
    ws.ws.send(Buffer.concat([Buffer.from([2]), IMAGE]));
    expect(await next()).toEqual(IMAGE);
  });

  it.each<[string, Buffer, string]>([
    ['of no kind', Buffer.from([9, 9, 9]), 'input.invalid'],
    ['that is cut off', Buffer.from([1]), 'input.invalid'],
    ['without bytes', Buffer.alloc(0), 'input.invalid'],
    ['that is too large', Buffer.alloc(2_000_000, 2), 'payload.too_large'],
  ])('refuses a binary frame %s by the words of the codec', async (_name, bytes, error) => {
    const { ws, next } = await connect();
    ws.ws.send(bytes);
    expect(await next()).toBe(JSON.stringify({ error }));
  });

  it('refuses to publish a payload with bytes, and names the field', async () => {
    const image = IMAGE as unknown as string;
    await expect(gateway.show(key, image)).rejects.toMatchObject({
      code: 'payload.binary',
      details: { field: 'image' },
    });
  });

  it('gives our client the same images on each wire, through a move to Socket.IO and back', async () => {
    const { next } = await connect();
    const page = new MovingPage(toys);
    try {
      const seen: string[] = [];
      page
        .service(previews, { legacy: previewSocket })
        .room(key)
        .messages$.subscribe((message) => {
          if (message.kind === 'event' && message.event === 'shown') seen.push(message.payload.image);
        });
      await until('the page in its room', () => page.realtime.state$.value === 'subscribed');
      const images = [1, 2, 3].map((size) => IMAGE.subarray(0, size * 1000));
      const show = (image: Buffer) => gateway.show(key, bytesToBase64(image));
      await show(images[0]!);
      await page.move('previews', 'socketio', 'socketio');
      await show(images[1]!);
      await page.move('previews', 'legacy', 'legacy');
      await show(images[2]!);
      await until('every image', () => seen.length === 3);
      expect(seen).toEqual(images.map((image) => image.toString('base64')));
      expect([await next(), await next(), await next()]).toEqual(images);
    } finally {
      page.close();
    }
  });

  it('is described on its page by this example', () => expect(showsExample('binary-previews')).toBe(true));
});

it('our client reads binary frames of an old server that does not know it', async () => {
  const http = createServer();
  const old = new WebSocketServer({ server: http });
  old.on('connection', (ws) => ws.send(IMAGE));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const address = {
    wire: 'legacy',
    stage: 'legacy' as const,
    namespace: previews.namespace,
    legacy_path: previewSocket.path,
    poll_path: pollPath(previews),
  };
  const config = {
    version: '1.0' as const,
    server_time: new Date().toISOString(),
    features: {},
    limits: {},
    services: { previews: address },
  };
  const realtime = new Realtime({ url, WebSocket, config });
  try {
    const images: string[] = [];
    new ServiceClient(realtime, previews, { legacy: previewSocket }).room('p').messages$.subscribe((message) => {
      if (message.kind === 'event' && message.event === 'shown') images.push(message.payload.image);
    });
    await until('the image', () => images.length === 1);
    expect(images[0]).toBe(IMAGE.toString('base64'));
  } finally {
    realtime.close();
    for (const client of old.clients) client.terminate();
    old.close();
    await new Promise((resolve) => http.close(resolve));
  }
});
