/** One turn of a conversation with a model. */
export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A language model that answers piece by piece. */
export interface ModelClient {
  /**
   * The answer to a conversation, in pieces as they come.
   *
   * @throws Fault `model.*`; the signal's reason when it is aborted
   */
  stream(messages: readonly ModelMessage[], signal: AbortSignal): AsyncIterable<string>;
}

/** The injection token of the model in use; undefined when none is configured. */
export const MODEL = Symbol('model');
