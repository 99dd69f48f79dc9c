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

/** Two nodes behind nginx. */
interface Cluster {
  readonly url: string;
  readonly nodes: readonly TestApp[];
  stop(): Promise<void>;
}

async function startCluster(): Promise<Cluster> {
  const redis = await TestRedis.start();
  const nodes = await Promise.all([1, 2].map(() => startApp({ REDIS_URL: redis.url })));
  const port = await freePort();
  const nginx = await TestNginx.start(withPorts({ 8081: nodes[0]!.port, 8082: nodes[1]!.port, 8080: port }));
  const stop = async () => {
    await nginx.stop();
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  };
  return { url: `http://127.0.0.1:${port}`, nodes, stop };
}

async function upload(url: string, name: string, text = `What ${name} says`): Promise<number> {
  const form = new FormData();
  form.append('file', new Blob([text]), name);
  return (await fetch(`${url}/api/knowledge-items/upload`, { method: 'POST', body: form })).status;
}

describe('two nodes behind the documented nginx', () => {
  let cluster: Cluster;
  let url: string;
  beforeAll(async () => {
    cluster = await startCluster();
    ({ url } = cluster);
  });
  afterAll(() => cluster.stop());

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
    expect(await upload(url, 'notes.txt')).toBe(201);
    expect((await socket.next('upload_completed'))[0]).toMatchObject({ file_name: 'notes.txt' });
    expect(engine.transport.name).toBe(expected);
  });

  it('serve old WebSockets, polls, calls and bodies over the default limit of nginx', async () => {
    const old = await openWs(url, '/api/knowledge-items/stream').opened();
    expect(await old.nextJson()).toMatchObject({ type: 'knowledge_items_update' });
    expect(await upload(url, 'large.txt', 'Signals and points. '.repeat(100_000))).toBe(201);
    expect(JSON.parse(await old.waitFor((text) => text.includes('upload_completed')))).toMatchObject({
      data: { file_name: 'large.txt' },
    });
    const withFile = { items: expect.arrayContaining([expect.objectContaining({ url: 'file:large.txt' })]) as object };
    const poll = await fetch(`${url}/realtime/rooms/knowledge/all`);
    expect(((await poll.json()) as JoinReply<KnowledgePage>).snapshot).toMatchObject(withFile);
    const call = await fetch(`${url}/realtime/calls/knowledge/list_items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await call.json()).toMatchObject({ ok: true, data: withFile });
    expect((await openWs(url, '/no/such/path').refused()).status).toBe(404);
  });

  it('have heartbeats that are shorter than the timeouts of nginx, on every connection', async () => {
    const handshake = await (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
    const { pingInterval, pingTimeout } = JSON.parse(handshake.slice(1)) as Record<string, number>;
    for (const name of ['proxy_read_timeout', 'proxy_send_timeout']) {
      const [, seconds] = new RegExp(`^ *${name} (\\d+)s;`, 'm').exec(FILE)!;
      expect(Number(seconds) * 1000).toBeGreaterThan(pingInterval! + pingTimeout!);
    }
  });
});

describe('two nodes behind the documented nginx, of which one ends', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  it('hand its clients over to the other, on every wire', async () => {
    const { url, nodes } = cluster;
    const config = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
    const open = (wire: WireName) => {
      const services = Object.entries(config.services).map(([name, address]) => [name, { ...address, wire }] as const);
      const own = { ...config, services: Object.fromEntries(services) };
      return new Realtime({ url, WebSocket, config: own, reconnect: { minMs: 20, maxMs: 100 } });
    };
    const pages = (['socketio', 'legacy'] as const).map((wire) => Array.from({ length: 4 }, () => open(wire)));
    const clients = pages.flat().map((page) => new KnowledgeItemsService(page));
    const totals = clients.map(({ items$ }) => firstValueFrom(items$.pipe(filter(({ total }) => total === 1))));
    await Promise.all(clients.map(({ state$ }) => firstValueFrom(state$.pipe(filter((now) => now === 'subscribed')))));
    await nodes[0]!.close();
    expect(await upload(url, 'notes.txt')).toBe(201);
    expect((await Promise.all(totals)).map(({ items }) => items[0]!.url)).toEqual(Array(8).fill('file:notes.txt'));
    // The clients of the node that ended.
    for (const ofWire of pages) expect(ofWire.some((page) => page.stats().reconnects > 0)).toBe(true);
    pages.flat().forEach((page) => page.close());
  });
});
