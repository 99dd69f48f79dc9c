import 'reflect-metadata';
import { rm } from 'node:fs/promises';
import { Injectable, Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Realtime, ServiceClient, type RealtimeOptions as RealtimeClientOptions } from '@switchyard/client';
import { fakeRealtime } from '@switchyard/client/testing';
import { defineService, type ServiceContract } from '@switchyard/contract';
import {
  BaseRoomService,
  Call,
  RealtimeModule,
  ServiceGateway,
  legacy,
  useSwitchyard,
  type RealtimeModuleOptions,
  type RealtimeOptions,
} from '@switchyard/server';
import { crawl, type CrawlProgress } from '@switchyard/services';
import { CrawlProgressService } from '@switchyard/services/crawl/crawl.client';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { fastFolder } from '../harness/fast.folder.js';
import { until } from '../harness/until.js';
import { startHeldCrawls } from '../sites/held.crawls.js';
import { board } from '../toys/board.toy.js';
import { startToys } from '../toys/toy.app.js';
import { runExample, takeExamples, untakenExamples } from './readme.example.js';

/** The three ways, in the order of the page. */
const WAYS = takeExamples('docs/listening.md', 'Three ways to listen to a crawl')[0]!.split(/^(?=\/\/ \d\. )/m);
const [STREAM] = takeExamples('docs/listening.md', 'Server-Sent Events');
const [SERVICE] = takeExamples('README.md', 'A service');
const [MODULE] = takeExamples('docs/your-application.md', 'The module');
const [ROUTES] = takeExamples('docs/your-application.md', 'The HTTP routes');
const [PREFIX] = takeExamples('docs/client.md', 'Where the server is');
const [AUTHENTICATE] = takeExamples('docs/identity.md', 'On the server');
const [RENEWAL] = takeExamples('docs/identity.md', 'In a page');
const [PAGE_TEST] = takeExamples('docs/testing-a-page.md', 'An example');

describe('the ways to listen to a crawl', () => {
  let crawls: Awaited<ReturnType<typeof startHeldCrawls>>;
  let id: string;
  let rendered: CrawlProgress[];
  const open: (() => void)[] = [];
  beforeAll(async () => {
    crawls = await startHeldCrawls();
  });
  afterAll(() => crawls.close());
  beforeEach(async () => {
    id = await crawls.room();
    rendered = [];
  });
  afterEach(() => open.splice(0).forEach((close) => close()));

  /** An event between the answer to a join and its arrival at the example. */
  let between: Promise<CrawlProgress>;

  /** A page of the example, with a Socket.IO client whose answers arrive after the event that follows them. */
  const page = () => {
    class PageRealtime extends Realtime {
      constructor() {
        super({ url: crawls.url, WebSocket });
        open.push(() => this.close());
      }
    }
    class PageSocket extends WebSocket {
      constructor(address: string) {
        super(address);
        open.push(() => this.close());
      }
    }
    const connect = (address: string, options: object): Socket => {
      const socket = io(address, options);
      open.push(() => socket.disconnect());
      const arrived: CrawlProgress[] = [];
      socket.onAny((event, progress: CrawlProgress) => void (event === 'progress_update' && arrived.push(progress)));
      const ask = socket.emitWithAck.bind(socket);
      let pass: (progress: CrawlProgress) => void;
      between = new Promise((resolve) => (pass = resolve));
      socket.emitWithAck = async (...request) => {
        const answer: unknown = await ask(...request);
        await until('the snapshot as an event', () => arrived.length > 0);
        const { length } = arrived;
        await crawls.act(id);
        await until('an event after the answer', () => arrived.length > length);
        pass(arrived.at(-1)!);
        return answer;
      };
      return socket;
    };
    const render = (progress: CrawlProgress) => void rendered.push(progress);
    return { id, render, io: connect, Realtime: PageRealtime, WebSocket: PageSocket, CrawlProgressService };
  };
  const follow = (way: string) => runExample(way.replaceAll('localhost:8080', new URL(crawls.url).host), page());
  // Some fields have other names on the old wire.
  const isOver = () => JSON.stringify(rendered.at(-1) ?? {}).includes('"completed"');

  it('are three', () => {
    expect(WAYS.map((way) => way.slice(0, 6))).toEqual(['// 1. ', '// 2. ', '// 3. ']);
  });

  it.each(WAYS.map((way) => [/^\/\/ \d\. [^:,]+/.exec(way)![0], way]))('"%s" follows it to its end', async (_, way) => {
    await follow(way);
    await until('where the crawl is', () => rendered.length > 0);
    await crawls.act(id);
    await crawls.finish(id);
    await until('the end of the crawl', isOver);
  });

  it('include an EventSource, which follows it to its end', async () => {
    class PageEventSource extends EventSource {
      constructor(address: string) {
        super(address);
        open.push(() => this.close());
      }
    }
    const stream = STREAM!.replaceAll('localhost:8080', new URL(crawls.url).host);
    await runExample(stream, { ...page(), EventSource: PageEventSource });
    await until('where the crawl is', () => rendered.length > 0);
    await crawls.act(id);
    await crawls.finish(id);
    await until('the end of the crawl', isOver);
  });

  it('miss nothing that comes between the answer to a join and what is done with it', async () => {
    await follow(WAYS[1]!);
    const progress = await between;
    expect(rendered).toContainEqual(progress);
  });

  it('would miss an event if they listened after they joined', async () => {
    const listening = /^socket\.on\('progress_update'.*\n/m;
    const [line] = listening.exec(WAYS[1]!)!;
    const late = WAYS[1]!.replace(listening, '').replace(/.*emitWithAck.*\n/, (join) => `${join}${line}`);
    await follow(late);
    const progress = await between;
    expect(rendered).not.toContainEqual(progress);
  });
});

interface Entry {
  text: string;
}

class Greet {
  @IsString()
  hall_id: string;

  @IsString()
  text: string;
}

interface GreetingTypes {
  room: { hall_id: string };
  calls: { greet: { payload: Greet; reply: Entry } };
  events: { greeted: Entry };
  snapshot: { entries: Entry[] };
}

/** The guest books of the README's service. */
@Injectable()
class GuestBooks {
  private readonly books = new Map<string, Entry[]>([['h', []]]);

  of(hall: string) {
    const entries = this.books.get(hall);
    return entries && { entries: [...entries] };
  }

  sign(hall: string, text: string): Entry {
    const entry = { text };
    this.books.get(hall)!.push(entry);
    return entry;
  }
}

describe('the README’s service', () => {
  it('is served on every wire, by the module as documented', async () => {
    const greetingLegacy = {
      path: '/old/halls/:hall_id',
      encodeEvent: ({ payload }: { payload: object }) => payload,
      encodeSnapshot: (snapshot: object) => [snapshot],
      decodeEvent: () => undefined,
      encodeCall: () => undefined,
      decodeCall: () => undefined,
      unknownRoom: () => ({ frames: [] }),
      project: () => undefined,
    };
    const given = { defineService, ServiceGateway, BaseRoomService, Call, Greet, GuestBooks, greetingLegacy, legacy };
    const { greeting, GreetingGateway } = await runExample<{
      greeting: ServiceContract<GreetingTypes>;
      GreetingGateway: new (...args: never[]) => object;
    }>(SERVICE!, given, ['greeting', 'GreetingGateway']);

    const folder = fastFolder();
    const parts = {
      ...{ Module, RealtimeModule, useSwitchyard, GuestBooks, GreetingGateway },
      NestFactory: { create: (module: Type) => NestFactory.create(module, { logger: false }) },
      openLmdbStore: () => openLmdbStore(folder),
      authenticate: () => Promise.resolve(undefined),
    };
    const listening = MODULE!.replace('listen(8080)', "listen(0, '127.0.0.1')");
    const { app } = await runExample<{ app: INestApplication }>(listening, parts, ['app']);
    const url = await app.getUrl();
    const realtime = new Realtime({ url, WebSocket });
    const old = new WebSocket(`${url.replace('http', 'ws')}/old/halls/h`);
    try {
      const frames: string[] = [];
      old.on('message', (data: Buffer) => frames.push(data.toString()));
      await until('the old wire’s first frame', () => frames.length === 1);
      const client = new ServiceClient(realtime, greeting);
      const greeted = firstValueFrom(client.room('h').events$);
      await until('the hall is entered', () => realtime.state$.value === 'subscribed');
      const call = client.call('greet', { hall_id: 'h', text: 'hello' });
      expect(await call).toEqual({ text: 'hello' });
      expect(await greeted).toMatchObject({ event: 'greeted', payload: { text: 'hello' } });
      await until('the old wire’s second frame', () => frames.length === 2);
      expect(frames).toEqual(['{"entries":[]}', '{"text":"hello"}']);
      const poll = async (hall: string) => (await fetch(`${url}/realtime/rooms/greeting/${hall}`)).json();
      expect(await poll('h')).toMatchObject({ offset: 1, snapshot: { entries: [{ text: 'hello' }] } });
      expect(await poll('nowhere')).toMatchObject({ error: { code: 'room.not_found' } });
    } finally {
      old.close();
      realtime.close();
      await app.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('the routes below a prefix', () => {
  it('are where the module puts them, without the groups that are off', async () => {
    const imported: DynamicModule[] = [];
    const given = {
      RealtimeModule: {
        forRootAsync: (options: RealtimeModuleOptions) => imported.push(RealtimeModule.forRootAsync(options)),
      },
      settings: { authenticate: () => Promise.resolve(undefined), allowedOrigins: [] },
    };
    await runExample(ROUTES!, given);
    @Module({ imports: imported })
    class RoutesModule {}
    const app = await NestFactory.create(RoutesModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    try {
      const url = await app.getUrl();
      const status = async (path: string) => (await fetch(`${url}${path}`)).status;
      const paths = ['/live/realtime/config', '/realtime/config', '/live/health/live', '/health/live'];
      expect(await Promise.all(paths.map(status))).toEqual([200, 404, 404, 404]);
    } finally {
      await app.close();
    }
  });

  it('are where the client asks for them', async () => {
    const asked: string[] = [];
    const fetch: NonNullable<RealtimeClientOptions['fetch']> = (input) => {
      asked.push(input as string);
      return new Promise(() => undefined);
    };
    class PageRealtime extends Realtime {
      constructor(options: RealtimeClientOptions) {
        super({ ...options, fetch });
      }
    }
    const { realtime } = await runExample<{ realtime: Realtime }>(PREFIX!, { Realtime: PageRealtime }, ['realtime']);
    new ServiceClient(realtime, crawl).room('c').messages$.subscribe();
    await until('the question for the configuration', () => asked.length === 1);
    realtime.close();
    expect(asked[0]).toMatch(/^https:\/\/app\.example\.org\/api\/v1\/realtime\/config\?/);
  });
});

describe('the test of a page', () => {
  it('renders the events that it sends, and loses the connection', async () => {
    const progress = (percentage: number) => ({ status: 'crawling', percentage });
    const [waiting, crawling] = [progress(0), progress(50)];
    const rendered: object[] = [];
    const render = (value: object) => void rendered.push(value);
    const given = { fakeRealtime, crawl, CrawlProgressService, waiting, crawling, render };
    const { realtime } = await runExample<{ realtime: Realtime }>(PAGE_TEST!, given, ['realtime']);
    expect(rendered).toEqual([waiting, crawling]);
    expect(realtime.state$.value).toBe('reconnecting');
    realtime.close();
  });
});

describe('the page that renews its token', () => {
  const HOUR_S = 3600;
  const now = () => Math.floor(Date.now() / 1000);
  // A token of this test is a user and the second of its end.
  const verify = (token: string) => {
    const [sub, exp] = token.split(' ');
    return Promise.resolve({ sub, exp: Number(exp) });
  };
  const page = async (session: { token(options: { otherThan?: string }): string }, askToSignIn: () => void) => {
    const { authenticate } = await runExample<Pick<RealtimeOptions, 'authenticate'>>(AUTHENTICATE!, { verify }, [
      'authenticate',
    ]);
    const toys = await startToys({ authenticate });
    class PageRealtime extends Realtime {
      constructor(options: object) {
        super({ url: toys.url, WebSocket, reconnect: { minMs: 20, maxMs: 60 }, ...options });
      }
    }
    const given = { Realtime: PageRealtime, session, askToSignIn };
    const { realtime } = await runExample<{ realtime: Realtime }>(RENEWAL!, given, ['realtime']);
    const following = new ServiceClient(realtime, board).room(toys.board.open('b')).events$.subscribe();
    return {
      realtime,
      async close() {
        following.unsubscribe();
        realtime.close();
        await toys.close();
      },
    };
  };

  it('asks for another token than the one that ended, and joins with it', async () => {
    const asked: (string | undefined)[] = [];
    let kept = `ada ${now() - 1}`;
    const token = ({ otherThan }: { otherThan?: string }) => {
      asked.push(otherThan);
      if (otherThan === kept) kept = `ada ${now() + HOUR_S}`;
      return kept;
    };
    const ask = jest.fn();
    const { realtime, close } = await page({ token }, ask);
    try {
      await until('the room is joined', () => realtime.state$.value === 'subscribed');
      expect(asked.filter((spent) => spent !== undefined)).toHaveLength(1);
      expect(ask).not.toHaveBeenCalled();
    } finally {
      await close();
    }
  });

  it('asks its user to sign in when all tokens have ended', async () => {
    const ask = jest.fn();
    const { close } = await page({ token: () => `ada ${now() - 1}` }, ask);
    try {
      await until('the user is asked', () => ask.mock.calls.length > 0);
    } finally {
      await close();
    }
  });
});

describe('the examples of the README and of docs', () => {
  it('are all run here', () => {
    expect(untakenExamples()).toEqual([]);
  });
});
