import { ModelServer, type ModelExchange } from '../../test/model/model.server.js';
import { ChatCompletionsClient } from './chat-completions.client.js';

const QUESTION = [{ role: 'user' as const, content: 'What is a retarder?' }];

describe('ChatCompletionsClient', () => {
  let server: ModelServer;
  beforeAll(async () => {
    server = await ModelServer.start();
  });
  afterAll(() => server.close());

  const client = (idleTimeoutMs = 5000, url = server.url) =>
    new ChatCompletionsClient({ url, key: 'a-key', name: 'a-model', idleTimeoutMs });

  async function ask(
    answer: (exchange: ModelExchange) => void,
    asked = client(),
    signal = new AbortController().signal,
  ) {
    server.answer = answer;
    const pieces: string[] = [];
    const failure = await (async () => {
      for await (const piece of asked.stream(QUESTION, signal)) pieces.push(piece);
    })().catch((thrown: unknown) => thrown as { code?: string; message: string });
    return { pieces, failure };
  }

  it('requests a stream and yields the pieces as they come', async () => {
    const { pieces, failure } = await ask((exchange) => exchange.say('A brake ').say('beside the rail.').finish());
    expect(failure).toBeUndefined();
    expect(pieces).toEqual(['A brake ', 'beside the rail.']);
    const { path, headers, body } = server.requests.at(-1)!;
    expect(path).toBe('/v1/chat/completions');
    expect(headers.authorization).toBe('Bearer a-key');
    expect(body).toEqual({ model: 'a-model', messages: QUESTION, stream: true });
  });

  it('accepts the address of the completions endpoint as well', async () => {
    await ask((exchange) => exchange.finish(), client(5000, `${server.url}/chat/completions/`));
    expect(server.requests.at(-1)!.path).toBe('/v1/chat/completions');
  });

  it('reads events that arrive in pieces, with comments and bytes of one letter apart', async () => {
    const bytes = Buffer.from('data: {"choices":[{"delta":{"content":"Gleisbremsen für"}}]}\n\n');
    const middle = bytes.indexOf(0xc3) + 1;
    const { pieces, failure } = await ask((exchange) => {
      exchange.raw(': keep-alive\n\n').raw(bytes.subarray(0, middle));
      setImmediate(() => exchange.raw(bytes.subarray(middle)).finish());
    });
    expect(failure).toBeUndefined();
    expect(pieces.join('')).toBe('Gleisbremsen für');
  });

  it.each<[string, (exchange: ModelExchange) => void, string]>([
    ['an error of the server', (exchange) => exchange.refuse(500), 'model.llm_error'],
    ['a limit of requests', (exchange) => exchange.refuse(429), 'model.rate_limit'],
    ['a gateway that waited too long', (exchange) => exchange.refuse(504), 'model.timeout'],
    ['a wrong key', (exchange) => exchange.refuse(401), 'model.llm_error'],
    [
      'a conversation that is too long',
      (exchange) => exchange.refuse(400, { code: 'context_length_exceeded' }),
      'model.token_limit',
    ],
    ['an answer that is no stream', (exchange) => exchange.event('<html>').finish(), 'model.llm_error'],
    ['choices that are none', (exchange) => exchange.event('{"choices":{}}').finish(), 'model.llm_error'],
    [
      'a piece that is no text',
      (exchange) => exchange.event('{"choices":[{"delta":{"content":{}}}]}'),
      'model.llm_error',
    ],
    ['an error of another form', (exchange) => exchange.event('{"error":{"message":7}}').finish(), 'model.llm_error'],
    ['a refusal of another form', (exchange) => exchange.refuse(500, { message: { text: 'no' } }), 'model.llm_error'],
    ['a refusal without a word', (exchange) => exchange.refuse(500, []), 'model.llm_error'],
    [
      'an error within the stream',
      (exchange) => exchange.event('{"error":{"message":"overloaded"}}').end(),
      'model.llm_error',
    ],
  ])('reports %s by its code', async (_what, answer, code) => {
    const { pieces, failure } = await ask(answer);
    expect(failure).toMatchObject({ code });
    expect(pieces).toEqual([]);
  });

  it.each<[string, (exchange: ModelExchange) => void, string]>([
    ['whose connection is cut', (exchange) => exchange.say('A brake').cut(), 'model.connection'],
    ['that stops without an end', (exchange) => exchange.say('A brake').end(), 'model.connection'],
    ['that is too long', (exchange) => exchange.say('A brake').finish('length'), 'model.token_limit'],
    ['that is withheld', (exchange) => exchange.say('A brake').finish('content_filter'), 'model.llm_error'],
  ])('yields the pieces of an answer %s, then reports why', async (_what, answer, code) => {
    const { failure } = await ask((exchange) => {
      answer(exchange);
    });
    expect(failure).toMatchObject({ code });
  });

  const chunk = (content: unknown, finish_reason: unknown = null, more: object = {}) =>
    JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }], ...more });

  it.each<[string, (exchange: ModelExchange) => void]>([
    [
      'with an empty reason in every event',
      (exchange) => exchange.event(chunk('A brake', '')).event(chunk('.', '')).event('[DONE]').end(),
    ],
    ['that stops without the last word of the protocol', (exchange) => exchange.event(chunk('A brake.', 'stop')).end()],
    ['with a reason in capitals', (exchange) => exchange.event(chunk('A brake.', 'STOP')).end()],
    [
      'that is a list of parts',
      (exchange) =>
        exchange
          .event(chunk([{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }]))
          .event(chunk([{ type: 'text', text: 'A ' }, { type: 'text', text: 'brake' }, '.']))
          .finish(),
    ],
    [
      'followed by the usage without choices',
      (exchange) => {
        exchange.event(chunk('A brake.', 'stop')).event('{"choices":null,"usage":{"total_tokens":7}}');
        exchange.event('{"choices":[],"usage":{}}').event('[DONE]').end();
      },
    ],
    [
      'with events that have no text',
      (exchange) => {
        exchange.event('{"choices":[{"delta":null}]}').event('{"choices":[null]}').event('{"id":"x"}');
        exchange.event('{"choices":[{"delta":{"content":null}}],"error":null}').say('A brake.').finish();
      },
    ],
    ['whose last event lacks its end', (exchange) => exchange.say('A brake.').raw('data: [DONE]').end()],
    [
      'whose last text lacks its end',
      (exchange) =>
        exchange
          .say('A ')
          .raw(`data: ${chunk('brake.', 'stop')}\n`)
          .end(),
    ],
  ])('accepts an answer %s as complete', async (_what, answer) => {
    const { pieces, failure } = await ask(answer);
    expect(failure).toBeUndefined();
    expect(pieces.join('')).toBe('A brake.');
  });

  it.each<[string, (exchange: ModelExchange) => void, string]>([
    [
      'with an empty reason in every event and no end',
      (exchange) => exchange.event(chunk('A brake', '')).event(chunk(' beside', '')).end(),
      'model.connection',
    ],
    [
      'with a reason that is no text and no end',
      (exchange) => exchange.event(chunk('A brake', 0)).event(chunk(' beside', false)).end(),
      'model.connection',
    ],
    [
      'that is too long, after empty reasons',
      (exchange) => exchange.event(chunk('A brake', '')).event(chunk('', 'length')).event('[DONE]').end(),
      'model.token_limit',
    ],
    [
      'that is too long, after it said stop',
      (exchange) => exchange.event(chunk('A brake', 'stop')).event(chunk('', 'length')).event('[DONE]').end(),
      'model.token_limit',
    ],
    ['that used up the tokens', (exchange) => exchange.say('A brake').finish('MAX_TOKENS'), 'model.token_limit'],
    ['that the server gave up', (exchange) => exchange.say('A brake').finish('abort'), 'model.llm_error'],
    ['that becomes the call of a tool', (exchange) => exchange.say('A brake').finish('tool_calls'), 'model.llm_error'],
    [
      'whose last event is cut',
      (exchange) => exchange.say('A brake').raw('data: {"choices":[{"delta":{"content":" bes').end(),
      'model.connection',
    ],
    ['whose last word is cut', (exchange) => exchange.say('A brake').raw('data: [DON').end(), 'model.connection'],
    [
      'that ends in an error as text',
      (exchange) => exchange.say('A brake').event('{"error":"out of memory"}').end(),
      'model.llm_error',
    ],
  ])('does not accept an answer %s as complete', async (_what, answer, code) => {
    const { pieces, failure } = await ask(answer);
    expect(pieces.join('')).toMatch(/^A brake/);
    expect(failure).toMatchObject({ code });
  });

  it('never yields half a character, wherever the model cuts its text', async () => {
    const { pieces, failure } = await ask((exchange) =>
      exchange.event(chunk('a \ud83d')).event(chunk('\ude00 b\ud83d')).event(chunk('')).event(chunk('\ude00')).finish(),
    );
    expect(failure).toBeUndefined();
    expect(pieces.join('')).toBe('a 😀 b😀');
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('gives up on a model that falls silent', async () => {
    const { pieces, failure } = await ask((exchange) => exchange.say('A brake'), client(1000));
    expect(pieces).toEqual(['A brake']);
    expect(failure).toMatchObject({ code: 'model.timeout' });
  });

  it('reports that a model cannot be reached', async () => {
    const { failure } = await ask(() => undefined, client(5000, 'http://127.0.0.1:1/v1'));
    expect(failure).toMatchObject({ code: 'model.connection' });
  });

  it('never passes on the model’s text about its failure', async () => {
    const { failure } = await ask((exchange) => exchange.refuse(500, { message: 'key sk-secret of org acme' }));
    expect(JSON.stringify(failure) + failure!.message).not.toContain('sk-secret');
  });

  it.each<[string, (exchange: ModelExchange) => void]>([
    ['a refusal', (exchange) => exchange.refuse(401, { message: 'Incorrect API key: a-key' })],
    ['a refusal that is long', (exchange) => exchange.refuse(401, { message: `${' '.repeat(420)}a-key `.repeat(2) })],
    ['an error in the stream', (exchange) => exchange.event('{"error":{"message":"who is a-key?"}}').end()],
  ])('never shows the key when %s repeats it', async (_what, answer) => {
    const { failure } = await ask(answer);
    const { message } = (failure as unknown as { cause: Error }).cause;
    expect(message).toContain('[redacted]');
    expect(message).not.toContain('a-k');
  });

  it('stops reading from a model that does not end', async () => {
    const piece = 'A brake '.repeat(10_000);
    const { pieces, failure } = await ask((exchange) => exchange.say(piece).say(piece).say(piece).say(piece).finish());
    expect(pieces).toEqual([piece, piece]);
    expect(failure).toMatchObject({ code: 'model.token_limit' });
  });

  it('closes the connection when it is aborted, and throws the reason', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    let exchange!: ModelExchange;
    const { failure } = await ask(
      (begun) => {
        exchange = begun.say('A brake');
        setImmediate(() => abort.abort(reason));
      },
      client(),
      abort.signal,
    );
    expect(failure).toBe(reason);
    await exchange.closed;
  });

  it('closes the connection when its reader stops', async () => {
    const exchange = server.next();
    const stream = client().stream(QUESTION, new AbortController().signal)[Symbol.asyncIterator]();
    const first = stream.next();
    (await exchange).say('A brake');
    await expect(first).resolves.toEqual({ done: false, value: 'A brake' });
    await stream.return?.(undefined);
    await (
      await exchange
    ).closed;
  });
});
