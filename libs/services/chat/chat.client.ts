import { ServiceClient, randomId, type Realtime } from '@switchyard/client';
import { Fault, RemoteFault } from '@switchyard/contract';
import { chat, type ChatTypes } from './chat.contract.js';
import type { ChatContext, CreateSession } from './chat.dto.js';
import { chatLegacy } from './chat.legacy.js';
import type { ChatMessage } from './chat.message.js';
import { ChatOutbox, type Draft } from './chat.outbox.client.js';
import { ChatSession } from './chat.session.client.js';

/** The interval of typing notifications while a user types, in milliseconds. */
const TYPING_INTERVAL_MS = 3000;

/** Opens and follows sessions, and sends messages that appear at once. */
export class AgentChatService extends ServiceClient<ChatTypes> {
  private readonly outbox = new ChatOutbox();
  /** The time of the last typing notification by session. */
  private readonly writing = new Map<string, number>();

  /** The message in flight by session; the next one waits for it. */
  private readonly sending = new Map<string, Promise<ChatMessage>>();

  constructor(realtime: Realtime) {
    super(realtime, chat, { legacy: chatLegacy });
  }

  /** Opens a session and returns its id. */
  async createSession(options: CreateSession = {}): Promise<string> {
    return (await this.call('create_session', options)).session_id;
  }

  /** A session's messages, the answer being given, and who is typing. */
  session(id: string): ChatSession {
    return new ChatSession(id, this.room(id), this.outbox, () => this.writing.has(id));
  }

  /**
   * Sends a message, which appears in `messages$` at once; while offline it is queued.
   *
   * @throws like `call`; the message then stays as `failed`, to be retried or discarded
   */
  send(id: string, message: string, context?: ChatContext): Promise<ChatMessage> {
    const correlation_id = randomId();
    const draft: Draft = {
      id: correlation_id,
      session_id: id,
      content: message,
      sender: 'user',
      timestamp: new Date().toISOString(),
      correlation_id,
      state: 'pending',
    };
    this.setTyping(id, false);
    this.outbox.add(draft);
    return this.sendNext(id, () => this.deliver(draft, context));
  }

  /** Replaces a failed message by a new one with the same text; undefined when it does not exist. */
  async retry(id: string, correlation_id: string): Promise<ChatMessage | undefined> {
    const failed = this.outbox.take(id, correlation_id);
    return failed && this.send(id, failed.content);
  }

  /** Discards a failed message. */
  discard(id: string, correlation_id: string): void {
    this.outbox.take(id, correlation_id);
  }

  /** Stops the current answer; false when there is none. */
  async stop(id: string): Promise<boolean> {
    return (await this.call('stop_agent', { session_id: id })).stopping;
  }

  /** Reports typing; call it on each key, it limits the notifications and drops them while offline. */
  setTyping(id: string, is_typing: boolean): void {
    const now = performance.now();
    const last = this.writing.get(id);
    if (is_typing ? last !== undefined && now - last < TYPING_INTERVAL_MS : last === undefined) return;
    if (is_typing) this.writing.set(id, now);
    else this.writing.delete(id);
    const { value: state } = this.connection.state$;
    if (state !== 'connected' && state !== 'subscribed') return;
    this.call('set_typing', { session_id: id, is_typing }).catch(() => undefined);
  }

  /** Sends messages one by one, because on some wires calls may overtake each other. */
  private sendNext(id: string, deliver: () => Promise<ChatMessage>): Promise<ChatMessage> {
    const before = this.sending.get(id);
    const sent = before ? before.then(deliver, deliver) : deliver();
    const done = () => {
      if (this.sending.get(id) === sent) this.sending.delete(id);
    };
    this.sending.set(id, sent);
    sent.then(done, done);
    return sent;
  }

  private async deliver(draft: Draft, context: ChatContext | undefined): Promise<ChatMessage> {
    const { session_id, content, correlation_id } = draft;
    const payload = { session_id, message: content, ...(context && { context }), correlation_id };
    try {
      const message = await this.call('send_message', payload);
      this.outbox.settle(draft, { ...message, state: 'confirmed' });
      return message;
    } catch (thrown) {
      if (thrown instanceof Fault || thrown instanceof RemoteFault) {
        this.outbox.settle(draft, { state: 'failed', fault: thrown });
      }
      throw thrown;
    }
  }
}
