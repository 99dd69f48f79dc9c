import { Realtime } from '@switchyard/client';
import type { ErrorBody, JoinReply, RealtimeConfig, Reply, ServiceContract, WireName } from '@switchyard/contract';
import {
  knowledge,
  knowledgeLegacy,
  mcpLogs,
  mcpLogsLegacy,
  type KnowledgePage,
  type LogHistory,
} from '@switchyard/services';
import { KnowledgeItemsService } from '../../libs/services/knowledge/knowledge.client.js';
import { McpLogsService } from '../../libs/services/mcp-logs/mcp-logs.client.js';
import { filter, firstValueFrom, map } from 'rxjs';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { legacyPath } from './legacy.wire-client.js';

/** A way to join with options; rejects with the refusal. */
type Join = (url: string, contract: ServiceContract, key: string, options: object) => Promise<JoinReply>;

const bySocket =
  (name: (contract: ServiceContract) => string, room: (contract: ServiceContract, key: string) => object): Join =>
  async (url, contract, key, options) => {
    const socket = await openSocket(url, contract.namespace, { auth: { sdk: 'test' } }).connected();
    const reply = await socket.call<Reply<JoinReply>>(name(contract), { ...options, ...room(contract, key) });
    if (!reply.ok) throw reply.error;
    return reply.data;
  };

const byHttp = async (url: string, init?: RequestInit): Promise<JoinReply> => {
  const body = (await (await fetch(url, init)).json()) as JoinReply & { error?: ErrorBody };
  if (body.error) throw body.error;
  return body;
};

const PATHS: Record<string, { path: string }> = { knowledge: knowledgeLegacy, 'mcp-logs': mcpLogsLegacy };
const ROOMS: Record<string, string> = { knowledge: 'knowledge_items', 'mcp-logs': 'logs_default' };

const WAYS: Record<string, Join> = {
  'by join_room': bySocket(
    () => 'join_room',
    ({ name }) => ({ room: ROOMS[name] }),
  ),
  "by the service's own join": bySocket(
    ({ joins }) => joins[0]!,
    ({ room }, key) => ('key' in room ? { [room.key]: key } : {}),
  ),
  'on the old wire': async (url, contract, key, options) => {
    const query = `?switchyard=1&options=${encodeURIComponent(JSON.stringify(options))}`;
    const ws = await openWs(url, legacyPath(PATHS[contract.name]!, key, query)).opened();
    const frame = await ws.waitFor((text) => /"event":"(joined|refused)"/.test(text), 'an answer');
    const { error, ...reply } = (JSON.parse(frame) as { _sy: JoinReply & { error?: ErrorBody } })._sy;
    if (error) throw error;
    return reply;
  },
  'in a poll of one room': (url, { name }, key, options) =>
    byHttp(`${url}/realtime/rooms/${name}/${key}?options=${encodeURIComponent(JSON.stringify(options))}`),
  'in a poll of many rooms': async (url, { name }, key, options) => {
    const answer = await byHttp(`${url}/realtime/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rooms: [{ service: name, key, options }] }),
    });
    const [room] = (answer as unknown as { rooms: [JoinReply & { error?: ErrorBody }] }).rooms;
    if (room.error) throw room.error;
    return room;
  },
};

describe('the options of a join', () => {
  let app: TestApp;
  const upload = async (name: string, text: string) => {
    const form = new FormData();
    form.append('file', new Blob([text]), name);
    expect((await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', body: form })).status).toBe(201);
  };
  const titles = ({ items }: KnowledgePage) => items.map(({ title }) => title);
  const levels = ({ entries }: LogHistory) => [...new Set(entries.map(({ level }) => level))];

  beforeAll(async () => {
    app = await startApp();
    await upload('red.txt', 'The red lamp');
    await upload('green.txt', 'The green lamp');
    await fetch(`${app.url}/api/mcp/start`, { method: 'POST' });
    // An unknown tool is an error in the log.
    await fetch(`${app.url}/api/mcp/tools/no_such_tool`, { method: 'POST' });
  });
  afterAll(() => app.close());

  describe.each(Object.entries(WAYS))('%s', (_way, join) => {
    it('shape the snapshot', async () => {
      const red = await join(app.url, knowledge, 'all', { filter: { q: 'red' } });
      expect(titles(red.snapshot as KnowledgePage)).toEqual(['The red lamp']);
      const second = await join(app.url, knowledge, 'all', { filter: { per_page: 1, page: 2 } });
      expect(second.snapshot).toMatchObject({ page: 2, pages: 2, items: [{ title: 'The red lamp' }] });
      const everything = await join(app.url, mcpLogs, 'default', {});
      expect(levels(everything.snapshot as LogHistory).length).toBeGreaterThan(1);
      const some = await join(app.url, mcpLogs, 'default', { levels: ['INFO'] });
      expect(levels(some.snapshot as LogHistory)).toEqual(['INFO']);
    });

    it('count as left out when they are null, nested ones too', async () => {
      const fields = { page: null, per_page: null, q: null };
      for (const [contract, key, given] of [
        [knowledge, 'all', { filter: null }],
        [knowledge, 'all', { filter: { q: null } }],
        [knowledge, 'all', { filter: fields, since: null, correlation_id: null }],
        [mcpLogs, 'default', { levels: null, since: null }],
      ] as const) {
        const { snapshot } = await join(app.url, contract, key, {});
        expect((await join(app.url, contract, key, given)).snapshot).toEqual(snapshot);
      }
    });

    it('are refused when invalid, without an echo', async () => {
      for (const [contract, key, options] of [
        [knowledge, 'all', { filter: { page: 'canary' } }],
        [knowledge, 'all', { filter: 'canary' }],
        [mcpLogs, 'default', { levels: ['canary'] }],
        [mcpLogs, 'default', { levels: [] }],
      ] as const) {
        const refusal = await join(app.url, contract, key, options).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(refusal).toMatchObject({ code: 'input.invalid', help: expect.any(String) });
        expect(JSON.stringify(refusal)).not.toContain('canary');
      }
    });
  });

  it('may be null as a whole, as may the position, and as may a server with a default', async () => {
    const nothing = { options: null, since: null };
    const rooms = [
      { service: 'knowledge', key: 'all', ...nothing },
      { service: 'mcp-logs', key: 'default', ...nothing },
    ];
    const answer = (await byHttp(`${app.url}/realtime/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rooms }),
    })) as unknown as { rooms: JoinReply[] };
    const single = [
      await byHttp(`${app.url}/realtime/rooms/knowledge/all?options=null`),
      await byHttp(`${app.url}/realtime/rooms/mcp-logs/default?options=null`),
    ];
    expect(answer.rooms.map(({ room }) => room)).toEqual([ROOMS.knowledge, ROOMS['mcp-logs']]);
    expect(answer.rooms.map(({ snapshot }) => snapshot)).toEqual(single.map(({ snapshot }) => snapshot));
    const socket = await openSocket(app.url, '/mcp-logs').connected();
    for (const payload of [{ server_id: null, since: null }, {}, null])
      expect(await socket.call('join_logs', payload)).toMatchObject({ ok: true, data: { room: 'logs_default' } });
    expect(await socket.call('leave_logs', { server_id: null })).toMatchObject({ data: { room: 'logs_default' } });
  });

  it.each(['not JSON', '7', '[]'])('are refused in a query when they are %s', async (options) => {
    const asked = `${app.url}/realtime/rooms/knowledge/all?options=${encodeURIComponent(options)}`;
    await expect(byHttp(asked)).rejects.toMatchObject({ code: 'input.invalid' });
  });

  it('are ignored for an old client', async () => {
    const query = `?options=${encodeURIComponent('{"filter":{"q":"red"}}')}`;
    const ws = await openWs(app.url, legacyPath(knowledgeLegacy, 'all', query)).opened();
    expect(await ws.nextJson()).toMatchObject({ type: 'knowledge_items_update', data: { total: 2 } });
  });

  describe.each<WireName>(['socketio', 'legacy'])('given to our client on %s', (wire) => {
    let realtime: Realtime;
    beforeEach(async () => {
      const config = (await (await fetch(`${app.url}/realtime/config`)).json()) as RealtimeConfig;
      for (const address of Object.values(config.services)) address.wire = wire;
      realtime = new Realtime({ url: app.url, WebSocket, config });
    });
    afterEach(() => realtime.close());

    it('filter events too, in each room by its own options', async () => {
      const logs = new McpLogsService(realtime);
      const seen = { all: [] as LogHistory[], errors: [] as LogHistory[] };
      const all = logs.logs().subscribe((history) => seen.all.push(history));
      const errors$ = logs.logs('default', { levels: ['ERROR'] });
      const errors = errors$.subscribe((history) => seen.errors.push(history));
      const [before] = await Promise.all([firstValueFrom(logs.logs()), firstValueFrom(errors$)]);
      const more = before.entries.length + 2;
      const grown = firstValueFrom(logs.logs().pipe(filter(({ entries }) => entries.length >= more)));
      await logs.callTool('list_sources', {});
      await grown;
      errors.unsubscribe();
      expect(seen.errors.flatMap(levels).filter((level) => level !== 'ERROR')).toEqual([]);
      // The other room is still joined.
      const onwards = firstValueFrom(logs.logs().pipe(filter(({ entries }) => entries.length >= more + 2)));
      await logs.callTool('list_sources', {});
      await onwards;
      all.unsubscribe();
      expect(seen.all.at(-1)!.entries.length).toBeGreaterThanOrEqual(more + 2);
    });

    it('show a page that stays up to date', async () => {
      const items = new KnowledgeItemsService(realtime);
      const pages$ = items.filtered$({ q: `blue ${wire}` }).pipe(map(titles));
      const first = firstValueFrom(pages$);
      const found = firstValueFrom(pages$.pipe(filter(({ length }) => length === 1)));
      expect(await first).toEqual([]);
      await upload(`other-${wire}.txt`, 'Another lamp');
      await upload(`blue-${wire}.txt`, `The blue ${wire} lamp`);
      expect(await found).toEqual([`The blue ${wire} lamp`]);
    });
  });
});
