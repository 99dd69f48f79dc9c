import { ServiceClient, randomId, type Realtime } from '@switchyard/client';
import { Fault, RemoteFault } from '@switchyard/contract';
import { chat, type ChatTypes } from './chat.contract.js';
import type { ChatContext, CreateSession } from './chat.dto.js';
import { chatLegacy } from './chat.legacy.js';
import type { ChatMessage } from './chat.message.js';
import { ChatOutbox, type Draft } from './chat.outbox.client.js';
import { ChatSession } from './chat.session.client.js';

/** Somebody who goes on writing says so again after this, in milliseconds. */
const TYPING_AGAIN_MS = 3000;

/** Opens sessions, follows them, and sends messages that are shown at once. */
export class AgentChatService extends ServiceClient<ChatTypes> {
  private readonly outbox = new ChatOutbox();
  /** When this page last said, for a session, that its user writes. */
  private readonly writing = new Map<string, number>();

  /** The message that each session's next one waits for. */
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
   * Sends a message, which is shown in `messages$` at once; while offline it waits its turn.
   *
   * @throws as `call` does; the message then stays as `failed`, to be tried again or discarded.
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
    return this.inTurn(id, () => this.deliver(draft, context));
  }

  /** Sends a failed message again, as a new one in its stead; undefined when there is none such. */
  async retry(id: string, correlation_id: string): Promise<ChatMessage | undefined> {
    const failed = this.outbox.take(id, correlation_id);
    return failed && this.send(id, failed.content);
  }

  /** Gives up a failed message. */
  discard(id: string, correlation_id: string): void {
    this.outbox.take(id, correlation_id);
  }

  /** Stops the answer being given; false when there is none. */
  async stop(id: string): Promise<boolean> {
    return (await this.call('stop_agent', { session_id: id })).stopping;
  }

  /** Says whether the user writes, to be called with each key; it is told as seldom as will do, and never later. */
  setTyping(id: string, is_typing: boolean): void {
    const now = performance.now();
    const last = this.writing.get(id);
    if (is_typing ? last !== undefined && now - last < TYPING_AGAIN_MS : last === undefined) return;
    if (is_typing) this.writing.set(id, now);
    else this.writing.delete(id);
    const { value: state } = this.connection.state$;
    if (state !== 'connected' && state !== 'subscribed') return;
    this.call('set_typing', { session_id: id, is_typing }).catch(() => undefined);
  }

  /** One message after the other: on some wires calls overtake each other, and a conversation has an order. */
  private inTurn(id: string, deliver: () => Promise<ChatMessage>): Promise<ChatMessage> {
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
