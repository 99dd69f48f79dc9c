import { Realtime } from '@switchyard/client';
import { formatPosition, type JoinReply, type Reply } from '@switchyard/contract';
import type { KnowledgeItem, KnowledgePage } from '@switchyard/services';
import { KnowledgeItemsService } from '../../libs/services/knowledge/knowledge.client.js';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';
import { startSite, type Site } from '../sites/site.server.js';

/** A user of the knowledge base; anonymous without a name. */
interface Person {
  token?: string;
  upload(name: string, text: string): Promise<KnowledgeItem>;
  titles(): Promise<string[]>;
  /** The status of a request. */
  ask(method: string, path: string): Promise<number>;
}

describe('items of the knowledge base', () => {
  let app: TestApp;
  let site: Site;
  let ada: Person;
  let eve: Person;
  let nobody: Person;

  const person = async (name?: string): Promise<Person> => {
    const token = name && (await userToken(name));
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const request = (method: string, path: string, body?: FormData) =>
      fetch(`${app.url}/api/knowledge-items${path}`, { method, headers, ...(body && { body }) });
    return {
      ...(token && { token }),
      async upload(file, text) {
        const form = new FormData();
        form.append('file', new Blob([text]), file);
        return (await (await request('POST', '/upload', form)).json()) as KnowledgeItem;
      },
      async titles() {
        const { items, total } = (await (await request('GET', '')).json()) as KnowledgePage;
        expect(items).toHaveLength(total);
        return items.map(({ title }) => title).sort();
      },
      ask: async (method, path) => (await request(method, path)).status,
    };
  };
  const enter = async ({ token }: Person, auth: object = {}) => {
    const socket = await openSocket(app.url, '/knowledge', { auth: { token, sdk: 'test', ...auth } }).connected();
    const reply = await socket.call<Reply<JoinReply<KnowledgePage>>>('join_knowledge', {});
    if (!reply.ok) throw new Error(reply.error.code);
    return { socket, joined: reply.data };
  };
  /** An event for everybody; once it has come, all earlier events have come. */
  const closing = () => nobody.upload('last.txt', 'The last one');

  beforeEach(async () => {
    site = await startSite();
    app = await startApp({ JWT_SECRET, CRAWL_ALLOW_PRIVATE: 'true' });
    [ada, eve, nobody] = await Promise.all([person('ada'), person('eve'), person()]);
  });
  afterEach(async () => {
    await app.close();
    await site.close();
  });

  it('are listed for their owner, or for everybody when they have none', async () => {
    await ada.upload('plan.txt', 'Plan of Ada');
    await eve.upload('plan.txt', 'Plan of Eve');
    await nobody.upload('plan.txt', 'Plan of all');
    expect(await ada.titles()).toEqual(['Plan of Ada', 'Plan of all']);
    expect(await eve.titles()).toEqual(['Plan of Eve', 'Plan of all']);
    expect(await nobody.titles()).toEqual(['Plan of all']);
    for (const [who, total] of [
      [ada, 2],
      [nobody, 1],
    ] as const) {
      const { joined } = await enter(who);
      expect(joined.snapshot).toMatchObject({ total });
      const query = who.token ? `?token=${who.token}` : '';
      const old = await openWs(app.url, `/api/knowledge-items/stream${query}`).opened();
      expect(await old.nextJson()).toMatchObject({ data: { total } });
    }
  });

  it('are deleted and refreshed by their owner only, and unknown to others', async () => {
    const { source_id } = await ada.upload('plan.txt', 'Plan of Ada');
    const open = await nobody.upload('open.txt', 'Open to all');
    for (const stranger of [eve, nobody]) {
      expect(await stranger.ask('DELETE', `/${source_id}`)).toBe(404);
      expect(await stranger.ask('POST', `/${source_id}/refresh`)).toBe(404);
    }
    expect(await ada.ask('POST', `/${source_id}/refresh`)).toBe(409);
    expect(await ada.ask('DELETE', `/${source_id}`)).toBe(200);
    expect(await eve.ask('DELETE', `/${open.source_id}`)).toBe(200);
    expect(await nobody.titles()).toEqual([]);
  });

  it('are announced to their owner on every wire; others see only that positions grow', async () => {
    const mine = await enter(ada);
    const theirs = await enter(eve);
    const fixed = await enter(nobody, { positions: false });
    const [old, ours] = await Promise.all([
      openWs(app.url, `/api/knowledge-items/stream?token=${eve.token}`).opened(),
      openWs(app.url, `/api/knowledge-items/stream?switchyard=1&token=${eve.token}`).opened(),
    ]);
    await old.next();
    await ours.waitFor((text) => text.includes('"joined"'));
    const { source_id } = await ada.upload('plan.txt', 'Plan of Ada');
    await ada.ask('DELETE', `/${source_id}`);
    await closing();

    const since = formatPosition(theirs.joined);
    const headers = { authorization: `Bearer ${eve.token}` };
    const missed = await fetch(`${app.url}/realtime/rooms/knowledge/all?since=${since}`, { headers });
    const { events = [], offset } = (await missed.json()) as JoinReply;
    await theirs.socket.waitFor(({ args }) => (args[1] as { offset: number }).offset === offset, 'the last event');
    await mine.socket.waitFor(({ args }) => (args[1] as { offset: number }).offset === offset, 'the last event');

    const names = mine.socket.received.map(({ event }) => event);
    expect(names).toEqual(expect.arrayContaining(['item_added', 'item_updated', 'upload_completed', 'item_deleted']));
    const shown = theirs.socket.received.map(({ event, args }) => ({
      event,
      payload: args[0],
      ...(args[1] as object),
    }));
    expect(shown).toEqual(events.map((event) => ({ ...event, room: 'knowledge_items' })));
    expect(shown.map((event) => ('offset' in event ? event.offset : 0))).toEqual(
      mine.socket.received.map(({ args }) => (args[1] as { offset: number }).offset),
    );
    expect(shown.filter(({ event }) => event === 'hidden').map(({ payload }) => payload)).toEqual(
      expect.arrayContaining([{}]),
    );
    await fixed.socket.waitFor(({ event }) => event === 'upload_completed', 'the last event');
    await old.waitFor((text) => text.includes('upload_completed'));
    await ours.waitFor((text) => text.includes('upload_completed'));
    const everything = JSON.stringify([shown, fixed.socket.received, old.frames, ours.frames]);
    expect(everything).not.toContain(source_id);
    expect(everything).not.toContain('Plan of Ada');
    expect(JSON.stringify([fixed.socket.received, old.frames])).not.toContain('hidden');
  });

  it('do not disturb the list of other users of our client', async () => {
    const realtime = new Realtime({ url: app.url, token: eve.token!, WebSocket });
    try {
      const pages: KnowledgePage[] = [];
      const items = new KnowledgeItemsService(realtime);
      const seen = firstValueFrom(items.items$.pipe(filter((page) => (pages.push(page), page.total === 1))));
      await firstValueFrom(items.state$.pipe(filter((state) => state === 'subscribed')));
      await ada.upload('plan.txt', 'Plan of Ada');
      await closing();
      expect((await seen).items).toMatchObject([{ title: 'The last one' }]);
      expect(JSON.stringify(pages)).not.toContain('Ada');
      expect(realtime.stats()).toMatchObject({ duplicatesDropped: 0, gapsHealed: 0 });
    } finally {
      realtime.close();
    }
  });

  it('are announced to their owner on another node, and to nobody else there', async () => {
    const redis = await TestRedis.start();
    const settings = { JWT_SECRET, REDIS_URL: redis.url };
    const [here, there] = await Promise.all([startApp(settings), startApp(settings)]);
    try {
      const { url } = app;
      app = { ...app, url: there.url };
      const [mine, theirs] = [await enter(ada), await enter(eve)];
      app = { ...app, url: here.url };
      await ada.upload('plan.txt', 'Plan of Ada');
      await closing();
      app = { ...app, url };
      for (const { socket } of [mine, theirs])
        await socket.waitFor(({ args }) => JSON.stringify(args).includes('"file_name":"last.txt","chunks'), 'the end');
      expect(mine.socket.received.map(({ args }) => args[0])).toContainEqual(
        expect.objectContaining({ title: 'Plan of Ada' }),
      );
      expect(JSON.stringify(theirs.socket.received)).not.toContain('Ada');
      expect(theirs.socket.received.map(({ args }) => args[1])).toEqual(
        mine.socket.received.map(({ args }) => args[1]),
      );
    } finally {
      await Promise.all([here.close(), there.close()]);
      await redis.stop();
    }
  });

  it('come from crawls too: two users’ crawls of one site are two items', async () => {
    const crawls = async (who: Person) => {
      const { socket } = await enter(who);
      const response = await fetch(`${app.url}/api/crawls`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(who.token && { authorization: `Bearer ${who.token}` }) },
        body: JSON.stringify({ url: `${site.url}/handbook/`, max_pages: 1 }),
      });
      const { progress_id } = (await response.json()) as { progress_id: string };
      const [outcome] = await socket.next('crawl_completed');
      expect(outcome).toMatchObject({ progress_id, success: true });
      return socket;
    };
    const watching = await crawls(ada);
    await crawls(eve);
    expect(await ada.titles()).toHaveLength(1);
    expect(await eve.titles()).toHaveLength(1);
    expect(await nobody.titles()).toEqual([]);
    await closing();
    await watching.waitFor(({ event }) => event === 'upload_completed', 'the last event');
    expect(watching.received.filter(({ event }) => event === 'crawl_completed')).toHaveLength(1);
  });
});
