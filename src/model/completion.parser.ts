import { Fault } from '@switchyard/contract';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { isOverLimit, readError, type ModelError } from './model.refusal.js';

/** The longest event of a stream, in characters. */
const MAX_EVENT_CHARACTERS = 1_000_000;

/** The longest answer, in characters; a model that goes on is stopped. */
const MAX_ANSWER_CHARACTERS = 200_000;

/** The finish reasons of a complete answer, in lower case. */
const COMPLETE_REASONS = ['stop', 'stop_sequence', 'end_turn', 'eos', 'eos_token', 'complete', 'completed'];
/** The finish reasons of an answer that was cut because it is too long. */
const CUT_REASONS = ['length', 'max_tokens', 'max_length', 'max_output_tokens', 'model_length'];

/** The relevant parts of one stream event. */
interface Completion {
  text: string;
  /** Why the answer ended; undefined while it continues. */
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
  /** The first half of a surrogate pair; the second half is in the next event. */
  private half = '';

  /** @param hide removes secrets from the model's error messages */
  constructor(private readonly hide: (text: string) => string) {
    this.parser = createParser({
      maxBufferSize: MAX_EVENT_CHARACTERS,
      onEvent: ({ data }) => this.events.push(data),
    });
  }

  /** Yields the pieces of text in these bytes. @throws Fault `model.llm_error`, `model.token_limit` */
  *read(bytes: Uint8Array): Generator<string> {
    this.parser.feed(this.decoder.decode(bytes, { stream: true }));
    yield* this.take();
  }

  /**
   * Yields the rest of the text; call it after the last bytes.
   *
   * @throws Fault `model.connection` when the connection cut the answer off, `model.token_limit`; `model.llm_error` for
   * any other incomplete end
   */
  *end(): Generator<string> {
    // The last event may lack its final empty line. An incomplete event is ignored.
    this.parser.feed(`${this.decoder.decode()}\n\n`);
    if (this.events.every((data) => data === '[DONE]' || read(data) !== undefined)) yield* this.take();
    // The second half of the character never came.
    if (this.half) yield '\ufffd';
    const { finish } = this;
    if (finish !== undefined && CUT_REASONS.includes(finish)) throw new Fault('model.token_limit');
    if (finish !== undefined && !COMPLETE_REASONS.includes(finish))
      throw this.failed(`it ended its answer with ${finish}`);
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
    // Some models send "stop" before the end, and the true reason last.
    this.finish = finish ?? this.finish;
    this.characters += text.length;
    if (this.characters > MAX_ANSWER_CHARACTERS) throw new Fault('model.token_limit');
    return this.withoutHalf(text);
  }

  /** Holds back half a surrogate pair at the end of a text until the other half comes. */
  private withoutHalf(text: string): string {
    const all = this.half + text;
    this.half = /[\ud800-\udbff]$/.exec(all)?.[0] ?? '';
    return this.half ? all.slice(0, -1) : all;
  }

  private failed(message: string): Fault {
    return new Fault('model.llm_error', undefined, { cause: new Error(`the model said ${this.hide(message)}`) });
  }
}

/** Parses an event; undefined when it is not a completion. */
function read(data: string): Completion | undefined {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event !== 'object' || event === null) return undefined;
    const { choices, error } = event as { choices?: unknown; error?: unknown };
    if (error) return { text: '', error: readError(error) };
    // An event with the usage has null or an empty list here.
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

/** The text of a content, which is a text or a list of parts; other parts, such as thoughts, are left out. */
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
