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

  it('asks for a stream and gives the pieces as they come', async () => {
    const { pieces, failure } = await ask((exchange) => exchange.say('A brake ').say('beside the rail.').finish());
    expect(failure).toBeUndefined();
    expect(pieces).toEqual(['A brake ', 'beside the rail.']);
    const { path, headers, body } = server.requests.at(-1)!;
    expect(path).toBe('/v1/chat/completions');
    expect(headers.authorization).toBe('Bearer a-key');
    expect(body).toEqual({ model: 'a-model', messages: QUESTION, stream: true });
  });

  it('takes the address of the completions themselves as well', async () => {
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
  ])('tells %s by its code', async (_what, answer, code) => {
    const { pieces, failure } = await ask(answer);
    expect(failure).toMatchObject({ code });
    expect(pieces).toEqual([]);
  });

  it.each<[string, (exchange: ModelExchange) => void, string]>([
    ['whose connection is cut', (exchange) => exchange.say('A brake').cut(), 'model.connection'],
    ['that stops without an end', (exchange) => exchange.say('A brake').end(), 'model.connection'],
    ['that is too long', (exchange) => exchange.say('A brake').finish('length'), 'model.token_limit'],
    ['that is withheld', (exchange) => exchange.say('A brake').finish('content_filter'), 'model.llm_error'],
  ])('gives what came of an answer %s, then says why', async (_what, answer, code) => {
    const { failure } = await ask((exchange) => {
      answer(exchange);
    });
    expect(failure).toMatchObject({ code });
  });

  it('gives up on a model that falls silent', async () => {
    const { pieces, failure } = await ask((exchange) => exchange.say('A brake'), client(50));
    expect(pieces).toEqual(['A brake']);
    expect(failure).toMatchObject({ code: 'model.timeout' });
  });

  it('says that a model cannot be reached', async () => {
    const { failure } = await ask(() => undefined, client(5000, 'http://127.0.0.1:1/v1'));
    expect(failure).toMatchObject({ code: 'model.connection' });
  });

  it('never passes on what the model said about its failure', async () => {
    const { failure } = await ask((exchange) => exchange.refuse(500, { message: 'key sk-secret of org acme' }));
    expect(JSON.stringify(failure) + failure!.message).not.toContain('sk-secret');
  });

  it.each<[string, (exchange: ModelExchange) => void]>([
    ['a refusal', (exchange) => exchange.refuse(401, { message: 'Incorrect API key: a-key' })],
    ['a refusal that is long', (exchange) => exchange.refuse(401, { message: `${' '.repeat(420)}a-key `.repeat(2) })],
    ['an error in the stream', (exchange) => exchange.event('{"error":{"message":"who is a-key?"}}').end()],
  ])('keeps the key to itself when %s repeats it', async (_what, answer) => {
    const { failure } = await ask(answer);
    const { message } = (failure as unknown as { cause: Error }).cause;
    expect(message).toContain('[redacted]');
    expect(message).not.toContain('a-k');
  });

  it('does not listen to a model that does not stop', async () => {
    const piece = 'A brake '.repeat(10_000);
    const { pieces, failure } = await ask((exchange) => exchange.say(piece).say(piece).say(piece).say(piece).finish());
    expect(pieces).toEqual([piece, piece]);
    expect(failure).toMatchObject({ code: 'model.token_limit' });
  });

  it('lets the model go when it is aborted, and throws the reason', async () => {
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

  it('lets the model go when nobody reads on', async () => {
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
