import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the model. */
export interface ModelRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: { model: string; stream: boolean; messages: { role: string; content: string }[] };
}

/** One answer of the stand-in, sent on the test's command. */
export class ModelExchange {
  /** Resolves when the client has disconnected or everything was sent. */
  readonly closed: Promise<void>;

  constructor(
    readonly request: ModelRequest,
    private readonly response: ServerResponse,
  ) {
    this.closed = new Promise((resolve) => response.once('close', () => resolve()));
  }

  /** Sends a piece of the answer. */
  say(content: string): this {
    return this.event(JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }));
  }

  /** Sends the data of an event unchanged. */
  event(data: string): this {
    return this.raw(`data: ${data}\n\n`);
  }

  /** Sends bytes unchanged. */
  raw(text: string | Buffer): this {
    if (!this.response.headersSent) this.response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.response.write(text);
    return this;
  }

  /** Ends the answer by the protocol. */
  finish(reason = 'stop'): void {
    this.event(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })).event('[DONE]');
    this.response.end();
  }

  /** Ends it without the last event, like a proxy that times out. */
  end(): void {
    this.response.end();
  }

  /** Cuts the connection. */
  cut(): void {
    this.response.destroy();
  }

  refuse(status: number, error: object = { message: 'no' }): void {
    this.response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  }
}

/** A stand-in for a language model: a real HTTP server that speaks the streaming chat completions protocol. */
export class ModelServer {
  readonly requests: ModelRequest[] = [];
  /** Answers the next requests. */
  answer: (exchange: ModelExchange) => void = (exchange) => exchange.say('yes').finish();
  private readonly waiting: ((exchange: ModelExchange) => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ModelServer> {
    const server = createServer();
    const model = new ModelServer(server);
    server.on('request', (request, response) => void model.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The next exchange, which the caller answers instead of `answer`. */
  next(): Promise<ModelExchange> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += piece as string;
    const asked = { path: request.url!, headers: request.headers, body: JSON.parse(text) as ModelRequest['body'] };
    this.requests.push(asked);
    const exchange = new ModelExchange(asked, response);
    const waiter = this.waiting.shift();
    if (waiter) waiter(exchange);
    else this.answer(exchange);
  }
}
