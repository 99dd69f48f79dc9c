import { Fault } from '@switchyard/contract';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { isOverLimit, readError, type ModelError } from './model.refusal.js';

/** No event of a stream is longer, in characters. */
const LONGEST_EVENT = 1_000_000;

/** No answer is longer, in characters: a model that does not stop is stopped. */
const LONGEST_ANSWER = 200_000;

/** What servers call an answer that is whole; in small letters. */
const WHOLE = ['stop', 'stop_sequence', 'end_turn', 'eos', 'eos_token', 'complete', 'completed'];
/** What they call one that was cut because it is too long. */
const TOO_LONG = ['length', 'max_tokens', 'max_length', 'max_output_tokens', 'model_length'];

/** One event of a stream, as far as it is read. */
interface Completion {
  text: string;
  /** Why the answer ended; undefined while it goes on. */
  finish?: string;
  error?: ModelError;
}

/** Reads a streamed completion: server-sent events whose data are JSON, the last one `[DONE]`. */
export class CompletionParser {
  private readonly events: string[] = [];
  private readonly decoder = new TextDecoder();
  private readonly parser: EventSourceParser;
  private finish: string | undefined;
  private isDone = false;
  private characters = 0;
  /** The first half of a character whose other half is in the next event. */
  private half = '';

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
    yield* this.take();
  }

  /**
   * To be called after the last bytes; the text that was left in them.
   *
   * @throws Fault `model.connection` when the answer was cut off, `model.token_limit`; `model.llm_error` when it ended
   * in another way than by being whole
   */
  *end(): Generator<string> {
    // The last event may lack the empty line that ends it. One that is cut itself says nothing.
    this.parser.feed(`${this.decoder.decode()}\n\n`);
    if (this.events.every((data) => data === '[DONE]' || read(data) !== undefined)) yield* this.take();
    // Its other half never came.
    if (this.half) yield '\ufffd';
    const { finish } = this;
    if (finish !== undefined && TOO_LONG.includes(finish)) throw new Fault('model.token_limit');
    if (finish !== undefined && !WHOLE.includes(finish)) throw this.failed(`it ended its answer with ${finish}`);
    if (!this.isDone && finish === undefined) throw new Fault('model.connection');
  }

  private *take(): Generator<string> {
    for (const data of this.events.splice(0)) {
      const text = data === '[DONE]' ? this.done() : this.piece(data);
      if (text) yield text;
    }
  }

  private done(): undefined {
    this.isDone = true;
  }

  private piece(data: string): string {
    const completion = read(data);
    if (!completion) throw this.failed('what is no completion');
    const { text, finish, error } = completion;
    if (error) {
      if (isOverLimit(error)) throw new Fault('model.token_limit');
      throw this.failed(error.message ?? 'nothing about it');
    }
    // Some say "stop" while they go on, and the true reason last.
    this.finish = finish ?? this.finish;
    this.characters += text.length;
    if (this.characters > LONGEST_ANSWER) throw new Fault('model.token_limit');
    return this.whole(text);
  }

  /** The text without the first half of a character at its end, which waits for the other half. */
  private whole(text: string): string {
    const all = this.half + text;
    this.half = /[\ud800-\udbff]$/.exec(all)?.[0] ?? '';
    return this.half ? all.slice(0, -1) : all;
  }

  private failed(said: string): Fault {
    return new Fault('model.llm_error', undefined, { cause: new Error(`the model said ${this.hide(said)}`) });
  }
}

/** What an event says; undefined when it is none of a completion. */
function read(data: string): Completion | undefined {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event !== 'object' || event === null) return undefined;
    const { choices, error } = event as { choices?: unknown; error?: unknown };
    if (error) return { text: '', error: readError(error) };
    // Beside the usage some say null, others an empty list.
    if (choices !== undefined && choices !== null && !Array.isArray(choices)) return undefined;
    const [choice] = (choices ?? []) as ({ delta?: { content?: unknown } | null; finish_reason?: unknown } | null)[];
    const text = textOf(choice?.delta?.content ?? '');
    if (text === undefined) return undefined;
    const reason = choice?.finish_reason;
    return { text, ...(typeof reason === 'string' && reason !== '' && { finish: reason.toLowerCase() }) };
  } catch {
    return undefined;
  }
}

/** The text of a content, which is one or a list of parts; parts of other kinds, such as thoughts, are left out. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) => {
    if (typeof part === 'string') return part;
    const { type = 'text', text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return type === 'text' ? text : '';
  });
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}
