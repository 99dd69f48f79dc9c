import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnModuleDestroy } from '@nestjs/common';
import { Realtime } from '@switchyard/client';
import type { WireName } from '@switchyard/contract';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { AgentRun, ChatMessage } from '@switchyard/services';
import { WebSocket } from 'ws';
import { AgentChatService } from '../../libs/services/chat/chat.client.js';
import type { ShownMessage } from '../../libs/services/chat/chat.outbox.client.js';
import { ChatGateway } from '../../src/services/chat/chat.gateway.js';
import { ChatSettings } from '../../src/services/chat/chat.settings.js';
import {
  PAGE,
  QUESTION,
  ask,
  isFrame,
  enter,
  namesOf,
  nextFrame,
  piecesOf,
  startChat,
  type ChatApp,
} from '../chat/chat.app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import type { TestSocket } from '../harness/test-socket.js';
import { ModelServer, type ModelExchange } from '../model/model.server.js';

const STEP = { run_id: expect.any(String), agent_name: 'rag' };

describe('chat with a model', () => {
  let app: ChatApp;
  let model: ModelServer;
  let settings: { agentTimeoutMs: number };
  beforeAll(async () => {
    model = await ModelServer.start();
    app = await startChat({ MODEL_URL: model.url, MODEL_KEY: 'a-key', MODEL_NAME: 'a-model' });
    settings = app.app.get(ChatSettings, { strict: false });
  });
  afterAll(async () => {
    await app.close();
    await model.close();
  });

  const open = async () => openSocket(app.url, '/chat').connected();
  /** A session with a question, and the model's exchange about it. */
  const begin = async (correlation_id = 'c-1') => {
    const session_id = await app.open();
    const socket = await open();
    await enter(socket, session_id);
    const exchange = model.next();
    await ask(socket, session_id, QUESTION, { correlation_id });
    return { session_id, socket, exchange: await exchange };
  };
  /** Sends a piece and waits until a socket has it. */
  const say = async (exchange: ModelExchange, socket: TestSocket, content: string) => {
    exchange.say(content);
    let heard = '';
    while (!heard.endsWith(content)) heard += ((await socket.next('partial_result'))[0] as { content: string }).content;
  };

  it('sends the passages to the model and cites the pages that it names', async () => {
    const { session_id, socket, exchange } = await begin();
    expect(exchange.request.headers.authorization).toBe('Bearer a-key');
    const [system, question] = exchange.request.body.messages;
    expect(system!.content).toContain('[1] Retarders');
    expect(system!.content).toContain('a brake that belongs to the track');
    expect(question).toEqual({ role: 'user', content: QUESTION });
    exchange.say('A brake in the track [1], ').say('which nobody likes [7].').finish();
    await socket.next('agent_completed');
    const { messages } = await app.history(session_id);
    expect(messages[1]).toMatchObject({
      content: `A brake in the track [1], which nobody likes [7].\n\n[1] Retarders (${PAGE.url})`,
      citations: [PAGE],
    });
  });

  it('sends the earlier messages to the model', async () => {
    const { session_id, socket, exchange } = await begin();
    exchange.say('A brake [1].').finish();
    await socket.next('agent_completed');
    const next = model.next();
    await ask(socket, session_id, 'And what does it do?');
    const { messages } = (await next).request.body;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    // The question means nothing alone; it refers to the one before.
    expect(messages[0]!.content).toContain('[1] Retarders');
    (await next).finish();
    await socket.next('agent_completed');
  });

  it('combines pieces into at most one in fifty milliseconds, each sent once', async () => {
    const { session_id, socket, exchange } = await begin();
    const words = Array.from({ length: 300 }, (_, n) => `word${n} `);
    const began = performance.now();
    for (const word of words) {
      exchange.say(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
    exchange.finish();
    await socket.next('agent_completed');
    const pieces = piecesOf(socket);
    expect(pieces.map(({ index }) => index)).toEqual(pieces.map((_, index) => index));
    expect(pieces.map(({ content }) => content).join('')).toBe(words.join(''));
    expect(pieces.length).toBeLessThanOrEqual((performance.now() - began) / 50 + 2);
    expect((await app.history(session_id)).messages[1]!.content).toBe(words.join(''));
  });

  it('shows a complete answer to a client that joins or comes back in the middle of it', async () => {
    const { session_id, socket, exchange } = await begin();
    await say(exchange, socket, 'A brake ');
    const early = await enter(await open(), session_id);
    await say(exchange, socket, 'that belongs ');

    const later = await open();
    const joined = await enter(later, session_id);
    const run = { ...STEP, correlation_id: 'c-1', partial: 'A brake that belongs ', next_index: 2 };
    expect(joined.snapshot!.runs).toEqual([expect.objectContaining(run)]);
    expect(joined.snapshot!.runs![0]!.activities).toEqual([
      { kind: 'thought', text: expect.stringMatching(/^Looking/) },
      { kind: 'tool', name: 'search', result: '1 passage on 1 page' },
      { kind: 'thought', text: 'Reading Retarders' },
      { kind: 'thought', text: 'Writing the answer' },
    ]);
    const back = await enter(await open(), session_id, { epoch: early.epoch, offset: early.offset });
    expect(back.recovered).toBe(true);
    expect(back.events!.map(({ payload }) => (payload as { content: string }).content)).toEqual(['that belongs ']);
    const old = await openWs(app.url, `/api/agent-chat/sessions/${session_id}/ws`).opened();
    expect((await nextFrame(old, 'stream_chunk')).data).toEqual({ content: 'A brake that belongs ' });

    exchange.say('to the track.').finish();
    await later.next('agent_completed');
    expect(piecesOf(later).map(({ content }) => content)).toEqual(['to the track.']);
    await old.waitFor(isFrame('stream_complete'));
    const streamed = old.frames.filter(isFrame('stream_chunk')).map((text) => JSON.parse(text).data.content as string);
    expect(streamed.join('')).toBe('A brake that belongs to the track.');
    const final = (await enter(await open(), session_id)).snapshot!;
    expect(final.runs).toBeUndefined();
    expect(final.messages[1]!.content).toBe('A brake that belongs to the track.');
  });

  it('stops on request, keeps the text so far, and continues with the next message', async () => {
    const { session_id, socket, exchange } = await begin();
    await say(exchange, socket, 'A brake ');
    const next = model.next();
    await ask(socket, session_id, 'And then?');
    const reply = await socket.call('stop_agent', { session_id });
    expect(reply).toEqual({ ok: true, data: { session_id, stopping: true } });
    await exchange.closed;
    const [error] = await socket.next('agent_error');
    expect(error).toEqual({
      ...STEP,
      correlation_id: 'c-1',
      code: 'agent.stopped',
      error: 'unable to finish the answer; it was stopped',
      recoverable: true,
      help: 'Ask again when you want an answer.',
    });
    (await next).say('Nothing.').finish();
    await socket.next('agent_completed');
    const { messages } = await app.history(session_id);
    expect(messages.map(({ content }) => content)).toEqual([QUESTION, 'And then?', 'A brake ', 'Nothing.']);
    expect(await socket.call('stop_agent', { session_id })).toMatchObject({ data: { stopping: false } });
  });

  it('aborts an answer that takes too long', async () => {
    // Long enough for the question to reach the model.
    settings.agentTimeoutMs = 2000;
    try {
      const { socket, exchange } = await begin();
      exchange.say('A brake ');
      const [error] = await socket.next('agent_error');
      expect(error).toMatchObject({ code: 'agent.timeout', recoverable: true });
      await exchange.closed;
    } finally {
      settings.agentTimeoutMs = 60_000;
    }
  });

  it('asks once more when the model fails before its first piece', async () => {
    const { socket, exchange } = await begin();
    const again = model.next();
    exchange.refuse(500);
    (await again).say('A brake.').finish();
    await socket.next('agent_completed');
    expect(namesOf(socket)).not.toContain('agent_error');
    expect(piecesOf(socket).map(({ content }) => content)).toEqual(['A brake.']);
  });

  it.each<[string, number, string]>([
    ['an error', 500, 'model.llm_error'],
    ['a rate limit', 429, 'model.rate_limit'],
  ])('reports that it has no answer when %s comes twice', async (_what, status, code) => {
    const { session_id, socket, exchange } = await begin();
    const again = model.next();
    exchange.refuse(status, { message: 'sk-secret' });
    (await again).refuse(status, { message: 'sk-secret' });
    const [error] = await socket.next('agent_error');
    expect(error).toMatchObject({ code, recoverable: true });
    expect(JSON.stringify(error)).not.toContain('sk-secret');
    expect((await app.history(session_id)).messages).toHaveLength(1);
  });

  it('keeps the text of an answer that is cut off, and does not send it again', async () => {
    const { session_id, socket, exchange } = await begin();
    await say(exchange, socket, 'A brake ');
    const asked = model.requests.length;
    exchange.cut();
    const [error] = await socket.next('agent_error');
    expect(error).toMatchObject({ code: 'model.connection' });
    expect(model.requests).toHaveLength(asked);
    expect(namesOf(socket).slice(-2)).toEqual(['new_message', 'agent_error']);
    expect((await app.history(session_id)).messages[1]).toMatchObject({ content: 'A brake ', sender: 'agent' });
  });

  it('ends an answer as interrupted when the server stops', async () => {
    const stopping = await startChat({ MODEL_URL: model.url });
    const session_id = await stopping.open();
    const socket = await openSocket(stopping.url, '/chat').connected();
    await enter(socket, session_id);
    const exchange = model.next();
    await ask(socket, session_id);
    await exchange;
    await stopping.close();
    expect((await socket.next('agent_error'))[0]).toMatchObject({ code: 'agent.interrupted' });
  });

  it('ends as interrupted what it was asked before the server stopped and what comes later', async () => {
    const stopping = await startChat({ MODEL_URL: model.url });
    const session_id = await stopping.open();
    const socket = await openSocket(stopping.url, '/chat').connected();
    await enter(socket, session_id);
    const exchange = model.next();
    await ask(socket, session_id, QUESTION, { correlation_id: 'first' });
    await exchange;
    await ask(socket, session_id, QUESTION, { correlation_id: 'waits' });
    // The first step of a shutdown, during which connections are still open.
    await stopping.app.get<OnModuleDestroy>(ChatGateway, { strict: false }).onModuleDestroy();
    await ask(socket, session_id, QUESTION, { correlation_id: 'late' });
    for (const correlation_id of ['first', 'waits', 'late'])
      expect((await socket.next('agent_error'))[0]).toMatchObject({ correlation_id, code: 'agent.interrupted' });
    await stopping.close();
  });

  it('ends an answer that died with an earlier process, and keeps its text', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const before = await startChat({ DATA_DIR });
    const session_id = await before.open();
    const run = { run_id: 'r', agent_name: 'rag', partial: 'A brake ', next_index: 1 };
    const left: DocumentWrite = { collection: 'chat_runs', id: session_id, value: { session_id, run } };
    await before.app.get<Store>(STORE, { strict: false }).documents.write([left]);
    expect((await before.history(session_id)).runs).toEqual([run]);
    await before.close();
    const after = await startChat({ DATA_DIR });
    const history = await after.history(session_id);
    expect(history.messages).toMatchObject([{ content: 'A brake ', sender: 'agent' }]);
    expect(history.runs).toBeUndefined();
    await after.close();
    await rm(DATA_DIR, { recursive: true, force: true });
  });

  describe.each<WireName>(['socketio', 'legacy'])('in two pages on %s, one of which loses its cable', (wire) => {
    class Page {
      messages: ShownMessage[] = [];
      /** Every shown text of an answer, in order. */
      readonly answers: string[] = [];
      readonly realtime: Realtime;
      readonly chat: AgentChatService;
      private heard: () => void = () => undefined;

      constructor(url: string) {
        this.realtime = new Realtime({ url, WebSocket, reconnect: { minMs: 10, maxMs: 50 } });
        this.chat = new AgentChatService(this.realtime);
      }

      follow(session_id: string): void {
        const session = this.chat.session(session_id);
        session.messages$.subscribe((messages) => {
          this.messages = messages;
          this.heard();
        });
        session.run$.subscribe((run: AgentRun | undefined) => {
          if (run?.partial) this.answers.push(run.partial);
          this.heard();
        });
      }

      async until(condition: () => boolean): Promise<void> {
        while (!condition()) await new Promise<void>((resolve) => (this.heard = resolve));
      }

      contents(): string[] {
        return this.messages.map(({ content }) => content);
      }
    }

    let proxy: FaultProxy;
    let pages: [Page, Page];
    let session_id: string;
    beforeEach(async () => {
      await setWire(wire);
      proxy = await FaultProxy.to(app.port);
      pages = [new Page(app.url), new Page(proxy.url)];
      session_id = await pages[0].chat.createSession();
      for (const page of pages) {
        page.follow(session_id);
        await page.until(
          () => page.chat.state$ && page.messages !== undefined && page.realtime.state$.value === 'subscribed',
        );
      }
    });
    afterEach(async () => {
      for (const { realtime } of pages) realtime.close();
      await proxy.close();
      await setWire('socketio');
    });

    const setWire = async (stage: WireName) => {
      const headers = { authorization: `Bearer ${app.adminToken}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ stage, reason: 'a test', force: true });
      const response = await fetch(`${app.url}/admin/migration/chat`, { method: 'PUT', headers, body });
      if (!response.ok && response.status !== 409) throw new Error(await response.text());
    };
    const isDone = (page: Page, count: number) => () =>
      page.messages.length === count && page.messages.every(({ state }) => state === 'confirmed');

    it('shows the same history in both at the end, and nothing twice', async () => {
      const [here, away] = pages;
      const asked = model.next();
      await here.chat.send(session_id, QUESTION);
      const exchange = await asked;
      exchange.say('A brake ');
      await away.until(() => away.answers.at(-1) === 'A brake ');
      proxy.refuse();
      proxy.cutClean();
      exchange.say('that belongs ');
      await here.until(() => here.answers.at(-1) === 'A brake that belongs ');
      proxy.accept();
      await away.until(() => away.answers.at(-1) === 'A brake that belongs ');
      exchange.say('to the track.').finish();
      for (const page of pages) await page.until(isDone(page, 2));
      expect(away.messages).toEqual(here.messages);
      expect(here.contents()).toEqual([QUESTION, 'A brake that belongs to the track.']);
      // An answer only grew, so no piece was repeated or skipped.
      for (const { answers } of pages) {
        answers.forEach((text, place) =>
          expect('A brake that belongs to the track.'.startsWith(text)).toBe(place >= 0),
        );
        expect([...answers].sort((a, b) => a.length - b.length)).toEqual(answers);
      }
    });

    it('sends messages that were written without a connection in order, each once, after it is back', async () => {
      const [here, away] = pages;
      model.answer = (exchange) => exchange.say('yes').finish();
      proxy.refuse();
      proxy.cutClean();
      const sent: Promise<ChatMessage>[] = [];
      for (let n = 0; n < 10; n += 1) sent.push(away.chat.send(session_id, `message ${n}`));
      expect(away.messages.map(({ state }) => state)).toEqual(sent.map(() => 'pending'));
      proxy.accept();
      await Promise.all(sent);
      for (const page of pages) await page.until(isDone(page, 20));
      expect(away.messages).toEqual(here.messages);
      const own = away.contents().filter((content) => content.startsWith('message'));
      expect(own).toEqual(sent.map((_, n) => `message ${n}`));
      expect(new Set(away.messages.map(({ id }) => id)).size).toBe(20);
    });
  });
});
