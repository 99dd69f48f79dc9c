import { Fault } from '@switchyard/contract';
import { CompletionParser } from './completion.parser.js';
import type { ModelClient, ModelMessage } from './model.client.js';
import './model.faults.js';
import { refusalOf } from './model.refusal.js';

/** Where a model is and what it is called there. */
export interface ChatCompletionsOptions {
  /** The API's base address, such as `https://example.org/v1`, or that of its chat completions. */
  url: string;
  key?: string;
  name: string;
  /** How long it may say nothing, in milliseconds. */
  idleTimeoutMs: number;
}

const PATH = '/chat/completions';

/** A model behind an OpenAI-compatible endpoint, asked for streamed chat completions. */
export class ChatCompletionsClient implements ModelClient {
  private readonly url: string;

  constructor(private readonly options: ChatCompletionsOptions) {
    const base = options.url.replace(/\/+$/, '');
    this.url = base.endsWith(PATH) ? base : base + PATH;
  }

  async *stream(messages: readonly ModelMessage[], signal: AbortSignal): AsyncGenerator<string> {
    const silence = new Silence(this.options.idleTimeoutMs);
    try {
      const response = await this.ask(messages, AbortSignal.any([signal, silence.signal]));
      if (!response.ok) throw await refusalOf(response, this.hide);
      const parser = new CompletionParser(this.hide);
      for await (const bytes of response.body ?? []) {
        silence.broken();
        yield* parser.read(bytes as Uint8Array);
      }
      yield* parser.end();
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof Fault) throw thrown;
      throw new Fault(silence.signal.aborted ? 'model.timeout' : 'model.connection', undefined, { cause: thrown });
    } finally {
      silence.end();
    }
  }

  /** Some models repeat the key in what they say about a request. */
  private readonly hide = (text: string): string => {
    const { key } = this.options;
    return key ? text.replaceAll(key, '[redacted]') : text;
  };

  private ask(messages: readonly ModelMessage[], signal: AbortSignal): Promise<Response> {
    const { key, name: model } = this.options;
    return fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ model, messages, stream: true }),
      signal,
    });
  }
}

/** Aborts once nothing was heard for too long, and when nobody listens any more. */
class Silence {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.timer = setTimeout(() => this.controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  broken(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }
}
