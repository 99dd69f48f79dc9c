import { Fault } from '@switchyard/contract';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { isOverLimit } from './model.refusal.js';

/** No event of a stream is longer, in characters. */
const LONGEST_EVENT = 1_000_000;

/** No answer is longer, in characters: a model that does not stop is stopped. */
const LONGEST_ANSWER = 200_000;

interface Completion {
  choices?: { delta?: { content?: string | null }; finish_reason?: string | null }[];
  error?: { message?: string; code?: string | null };
}

/** Reads a streamed completion: server-sent events whose data are JSON, the last one `[DONE]`. */
export class CompletionParser {
  private readonly events: string[] = [];
  private readonly decoder = new TextDecoder();
  private readonly parser: EventSourceParser;
  private finish: string | undefined;
  private isDone = false;
  private characters = 0;

  /** @param hide takes out of what the model says about an error what nobody may read */
  constructor(private readonly hide: (text: string) => string) {
    this.parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ data }) => this.events.push(data),
    });
  }

  /** The pieces of text in these bytes. @throws Fault `model.llm_error`, `model.token_limit` */
  *read(bytes: Uint8Array): Generator<string> {
    this.parser.feed(this.decoder.decode(bytes, { stream: true }));
    for (const data of this.events.splice(0)) {
      const text = data === '[DONE]' ? this.done() : this.piece(data);
      if (text) yield text;
    }
  }

  /** To be called after the last bytes. @throws Fault `model.connection` when the answer was cut off, `model.token_limit` */
  end(): void {
    if (this.finish === 'length') throw new Fault('model.token_limit');
    if (this.finish === 'content_filter') throw new Fault('model.llm_error');
    if (!this.isDone && this.finish === undefined) throw new Fault('model.connection');
  }

  private done(): undefined {
    this.isDone = true;
  }

  private piece(data: string): string | undefined {
    const { choices, error } = parse(data);
    if (error) {
      const cause = new Error(`the model said ${this.hide(error.message ?? 'nothing about it')}`);
      throw new Fault(isOverLimit(error) ? 'model.token_limit' : 'model.llm_error', undefined, { cause });
    }
    const [choice] = choices ?? [];
    this.finish ??= choice?.finish_reason ?? undefined;
    const text = choice?.delta?.content ?? undefined;
    this.characters += text?.length ?? 0;
    if (this.characters > LONGEST_ANSWER) throw new Fault('model.token_limit');
    return text;
  }
}

function parse(data: string): Completion {
  try {
    const value: unknown = JSON.parse(data);
    if (isCompletion(value)) return value;
  } catch {
    // Reported below, like JSON of another shape.
  }
  throw new Fault('model.llm_error', undefined, { cause: new Error('unable to read the stream; it is no completion') });
}

function isCompletion(value: unknown): value is Completion {
  if (typeof value !== 'object' || value === null) return false;
  const { choices = [], error } = value as { choices?: unknown; error?: { message?: unknown } | null };
  if (!Array.isArray(choices) || !isText(error?.message)) return false;
  const [choice] = choices as { delta?: { content?: unknown } | null }[];
  return isText(choice?.delta?.content ?? undefined);
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
