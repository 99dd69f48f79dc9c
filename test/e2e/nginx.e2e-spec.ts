import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Realtime } from '@switchyard/client';
import type { JoinReply, RealtimeConfig, Reply, WireName } from '@switchyard/contract';
import type { KnowledgePage } from '@switchyard/services';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { KnowledgeItemsService } from '../../libs/services/knowledge/knowledge.client.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { freePort } from '../harness/free.port.js';
import { TestNginx } from '../harness/nginx.js';
import { TestRedis } from '../harness/redis.js';

const FILE = readFileSync(resolve(__dirname, '../../docs/nginx/switchyard.conf'), 'utf8');

/** The documented file with other ports. */
function withPorts(ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports).reduce((text, [shown, port]) => {
    const place = new RegExp(`(?<=listen |127\\.0\\.0\\.1:)${shown}\\b`, 'g');
    expect(text).toMatch(place);
    return text.replace(place, shown === '8080' ? `127.0.0.1:${port}` : String(port));
  }, FILE);
}

describe('two nodes behind the documented nginx', () => {
  let redis: TestRedis;
  let nodes: TestApp[];
  let nginx: TestNginx;
  let url: string;
  const pages: Realtime[] = [];

  const upload = async (name: string, text = `What ${name} says`) => {
    const form = new FormData();
    form.append('file', new Blob([text]), name);
    return (await fetch(`${url}/api/knowledge-items/upload`, { method: 'POST', body: form })).status;
  };

  beforeEach(async () => {
    redis = await TestRedis.start();
    nodes = await Promise.all([1, 2].map(() => startApp({ REDIS_URL: redis.url })));
    const port = await freePort();
    nginx = await TestNginx.start(withPorts({ 8081: nodes[0]!.port, 8082: nodes[1]!.port, 8080: port }));
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    pages.splice(0).forEach((page) => page.close());
    await nginx.stop();
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  it.each([
    ['a WebSocket from the start', ['websocket'], 'websocket'],
    ['long polling that becomes a WebSocket', ['polling', 'websocket'], 'websocket'],
    ['long polling that stays it', ['polling'], 'polling'],
  ])('serve Socket.IO over %s', async (_what, transports, expected) => {
    const socket = openSocket(url, '/knowledge', { transports });
    const { engine } = socket.socket.io;
    const upgraded = transports.length > 1 && new Promise((done) => engine.once('upgrade', done));
    await socket.connected();
    await upgraded;
    expect(await socket.call<Reply<JoinReply>>('join_knowledge', {})).toMatchObject({ ok: true });
    expect(await upload('notes.txt')).toBe(201);
    expect((await socket.next('upload_completed'))[0]).toMatchObject({ file_name: 'notes.txt' });
    expect(engine.transport.name).toBe(expected);
  });

  it('serve old WebSockets, polls, calls and bodies over the default limit of nginx', async () => {
    const old = await openWs(url, '/api/knowledge-items/stream').opened();
    expect(await old.nextJson()).toMatchObject({ type: 'knowledge_items_update' });
    expect(await upload('large.txt', 'Signals and points. '.repeat(100_000))).toBe(201);
    expect(JSON.parse(await old.waitFor((text) => text.includes('upload_completed')))).toMatchObject({
      data: { file_name: 'large.txt' },
    });
    const poll = await fetch(`${url}/realtime/rooms/knowledge/all`);
    expect(((await poll.json()) as JoinReply<KnowledgePage>).snapshot).toMatchObject({ total: 1 });
    const call = await fetch(`${url}/realtime/calls/knowledge/list_items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await call.json()).toMatchObject({ ok: true, data: { total: 1 } });
    expect((await openWs(url, '/no/such/path').refused()).status).toBe(404);
  });

  it.each<WireName>(['socketio', 'legacy'])('take over each other’s clients on %s', async (wire) => {
    const config = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
    for (const address of Object.values(config.services)) address.wire = wire;
    const clients = [1, 2, 3, 4].map(() => {
      const realtime = new Realtime({ url, WebSocket, config, reconnect: { minMs: 20, maxMs: 100 } });
      pages.push(realtime);
      return new KnowledgeItemsService(realtime);
    });
    const totals = clients.map(({ items$ }) => firstValueFrom(items$.pipe(filter(({ total }) => total === 1))));
    await Promise.all(clients.map(({ state$ }) => firstValueFrom(state$.pipe(filter((now) => now === 'subscribed')))));
    await nodes[0]!.close();
    expect(await upload('notes.txt')).toBe(201);
    expect((await Promise.all(totals)).map(({ items }) => items[0]!.url)).toEqual(Array(4).fill('file:notes.txt'));
    // The clients of the other node.
    expect(pages.some((page) => page.stats().reconnects > 0)).toBe(true);
  });
});

describe('the documented settings of nginx', () => {
  it('have longer timeouts than the server’s heartbeats on every connection', async () => {
    const app = await startApp();
    const handshake = await (await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`)).text();
    const { pingInterval, pingTimeout } = JSON.parse(handshake.slice(1)) as Record<string, number>;
    await app.close();
    for (const name of ['proxy_read_timeout', 'proxy_send_timeout']) {
      const [, seconds] = new RegExp(`^ *${name} (\\d+)s;`, 'm').exec(FILE)!;
      expect(Number(seconds) * 1000).toBeGreaterThan(pingInterval! + pingTimeout!);
    }
  });
});
