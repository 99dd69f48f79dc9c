/** One turn of a conversation with a model. */
export interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** Streams answers of a language model. */
export interface ModelClient {
  /**
   * Streams the answer to a conversation in pieces.
   *
   * @throws Fault `model.*`; the signal's reason when it is aborted
   */
  stream(messages: readonly ModelMessage[], signal: AbortSignal): AsyncIterable<string>;
}

/** The injection token of the configured model; its value is undefined without one. */
export const MODEL = Symbol('model');
