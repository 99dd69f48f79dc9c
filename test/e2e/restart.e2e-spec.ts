import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callPath } from '@switchyard/contract';
import { chat, crawl, type ChatMessage } from '@switchyard/services';
import { firstValueFrom } from 'rxjs';
import { slowness } from '../harness/machine.js';
import { busyServices, call, poll, type BusyRoom } from '../restart/busy.service.js';
import { ConversationPage } from '../restart/conversation.page.js';
import { emptyTally, Follower } from '../restart/follower.js';
import { RestartedApp } from '../restart/restarted.app.js';
import { timesOf } from '../restart/times.js';

const FOLLOWERS = 4;
const KILLS = 2;
const PAGES = 50;

// A separate process starts slowly while other tests run.
jest.setTimeout(300_000);

describe('the application, killed and started again on the same data', () => {
  let data: string;
  let app: RestartedApp;
  const rooms: BusyRoom[] = [];
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    app = await RestartedApp.start({ DATA_DIR: data, CRAWL_ALLOW_PRIVATE: 'true', RATE_LIMIT_MESSAGES: '0' });
  });
  afterEach(async () => {
    for (const room of rooms.splice(0)) room.close?.();
    await app.end();
    await rm(data, { recursive: true });
  });

  /** The present address of the application. */
  const server = {
    get url() {
      return app.url;
    },
  };

  it('delivers each event once to every client, keeps what it acknowledged and leaves no card stuck', async () => {
    const tally = emptyTally();
    const back: number[] = [];
    const followers: Follower[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const lasting: Follower[] = [];
      for (const service of busyServices()) {
        const room = await service.start(server);
        rooms.push(room);
        const fresh = Array.from({ length: FOLLOWERS }, () => new Follower(service.contract, room.key, tally));
        await Promise.all(fresh.map((follower) => follower.join(server)));
        followers.push(...fresh);
        if (!room.isShort) lasting.push(...fresh);
      }
      // The loop ends when the server dies.
      const busy = Promise.allSettled(
        rooms.map(async (room) => {
          for (;;) await room.act();
        }),
      );
      await Promise.all(lasting.map((follower) => follower.next(3 + kill)));
      await app.end('SIGKILL');
      for (const room of rooms) room.close?.();
      await busy;
      await app.again();
      expect(app.said).toContain('the last process did not close the store');
      back.push(...(await Promise.all(followers.map((follower) => follower.join(server)))));
      for (const room of rooms.splice(0)) await room.check(true);
      for (const follower of followers) await follower.compare(server);
    }
    for (const follower of followers) follower.leave();
    const { median, worst } = timesOf(back);
    console.log(`${JSON.stringify(tally)}; back after ${median} ms, the last after ${worst} ms`);
    expect(tally).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    expect(tally.recovered).toBeGreaterThan(0);
    expect(worst).toBeLessThan(2000 * slowness());
  });

  it('has every page back in two seconds, with all events of the time between', async () => {
    const { session_id } = await call<{ session_id: string }>(server, chat, 'create_session', {});
    const pages = Array.from({ length: PAGES }, () => new ConversationPage(app.url, session_id));
    await Promise.all(pages.map((page) => page.until(true)));
    await app.end('SIGKILL');
    await Promise.all(pages.map((page) => page.until(false)));
    await app.again();
    const up = performance.now();
    const firstMessages = Promise.all(pages.map(({ messages$ }) => firstValueFrom(messages$)));
    // Most messages have not come yet.
    const { id } = await call<ChatMessage>(server, chat, 'send_message', { session_id, message: 'Hello' });
    await Promise.all(pages.map((page) => page.until(true)));
    const { median, worst } = timesOf(pages.map(({ absences }) => Math.max(0, absences.at(-1)!.to - up)));
    console.log(`${PAGES} pages back after ${median} ms, the last after ${worst} ms`);
    expect(worst).toBeLessThan(2000 * slowness());
    expect(new Set((await firstMessages).map((message) => message.id))).toEqual(new Set([id]));
    for (const page of pages) {
      expect(page.isWhole).toBe(true);
      page.close();
    }
  });

  it('reports its durability, and releases the data when it is stopped', async () => {
    const ready = (await (await fetch(`${app.url}/health/ready`)).json()) as { store: object };
    expect(ready.store).toMatchObject({
      kind: 'lmdb',
      reachable: true,
      durability: expect.stringContaining('flushed'),
    });
    await expect(RestartedApp.start({ DATA_DIR: data })).rejects.toThrow(/unable to open the data in .* has it open/);
    await app.end('SIGTERM');
    await app.again();
    expect(app.said).toMatch(/the data is in .*: 0 rooms, opened in \d+ ms/);
    expect(app.said).not.toContain('did not close the store');
  });
});

describe('the application that was killed right after its replies', () => {
  const correlation_id = randomUUID();
  const client_id = 'a-client-of-sixteen-or-more';
  let data: string;
  let app: RestartedApp;
  let services: string[];
  let reply: unknown;
  let message: ChatMessage;
  let session_id: string;
  let token: string;
  let state: object;

  const makeCrawl = async () => {
    const response = await fetch(`${app.url}${callPath(crawl, 'start_crawl')}?client_id=${client_id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'http://127.0.0.1:1/', correlation_id }),
    });
    return response.json();
  };
  const adminToken = async () => (await readFile(join(data, 'admin-token'), 'utf8')).trim();
  const migration = async (change?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = { headers, ...(change && { method: 'PUT', body: JSON.stringify(change) }) };
    return (await (await fetch(`${app.url}/admin/migration/crawl`, request)).json()) as object;
  };

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    app = await RestartedApp.start({ DATA_DIR: data, CRAWL_ALLOW_PRIVATE: 'true', RATE_LIMIT_MESSAGES: '0' });
    const config = (await (await fetch(`${app.url}/realtime/config`)).json()) as { services: object };
    services = Object.keys(config.services);
    token = await adminToken();
    ({ session_id } = await call<{ session_id: string }>(app, chat, 'create_session', {}));
    reply = await makeCrawl();
    await migration({ stage: 'canary', percent: 30, reason: 'a restart is near' });
    state = await migration();
    message = await call<ChatMessage>(app, chat, 'send_message', { session_id, message: 'Hello' });
    await app.end('SIGKILL');
    await app.again();
  });
  afterAll(async () => {
    await app.end();
    await rm(data, { recursive: true });
  });

  it('was busy with every service in the test of its restarts', () => {
    const busy = busyServices().map(({ contract }) => contract.name);
    expect(busy.sort()).toEqual(services.sort());
  });

  it('answers an earlier call with the same reply', async () => {
    expect(reply).toMatchObject({ ok: true });
    expect(await makeCrawl()).toEqual(reply);
  });

  it('has every message whose call was acknowledged just before', async () => {
    const { snapshot } = await poll<{ messages: ChatMessage[] }>(app, chat, session_id);
    expect(snapshot!.messages[0]).toMatchObject({ id: message.id, content: 'Hello' });
  });

  it('keeps the stage, the user who set it, and the admin token', async () => {
    expect(state).toMatchObject({ stage: 'canary', percent: 30, reason: 'a restart is near' });
    expect(await adminToken()).toBe(token);
    expect(await migration()).toEqual(state);
  });
});
