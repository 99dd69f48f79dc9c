import { Fault } from '@switchyard/contract';
import { CompletionParser } from './completion.parser.js';
import type { ModelClient, ModelMessage } from './model.client.js';
import './model.faults.js';
import { faultOfResponse } from './model.refusal.js';

/** The address and name of a model. */
export interface ChatCompletionsOptions {
  /** The API's base address, such as `https://example.org/v1`, or the address of its chat completions. */
  url: string;
  key?: string;
  name: string;
  /** The longest silence of the model, in milliseconds. */
  idleTimeoutMs: number;
}

const PATH = '/chat/completions';

/** Streams chat completions from an OpenAI-compatible endpoint. */
export class ChatCompletionsClient implements ModelClient {
  private readonly url: string;

  constructor(private readonly options: ChatCompletionsOptions) {
    const base = options.url.replace(/\/+$/, '');
    this.url = base.endsWith(PATH) ? base : base + PATH;
  }

  async *stream(messages: readonly ModelMessage[], signal: AbortSignal): AsyncGenerator<string> {
    const idle = new IdleTimeout(this.options.idleTimeoutMs);
    try {
      const response = await this.ask(messages, AbortSignal.any([signal, idle.signal]));
      if (!response.ok) throw await faultOfResponse(response, this.hide);
      const parser = new CompletionParser(this.hide);
      for await (const bytes of response.body ?? []) {
        idle.refresh();
        yield* parser.read(bytes as Uint8Array);
      }
      yield* parser.end();
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof Fault) throw thrown;
      throw new Fault(idle.signal.aborted ? 'model.timeout' : 'model.connection', undefined, { cause: thrown });
    } finally {
      idle.end();
    }
  }

  /** Removes the key from a text, because some models repeat it in error messages. */
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

/** Aborts after too long a silence, and at the end of the stream. */
class IdleTimeout {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.timer = setTimeout(() => this.controller.abort(), ms);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  refresh(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }
}
