import { randomId } from '@switchyard/client';
import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { BehaviorSubject } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** The messages of a conversation before it has a session. */
export interface OpeningView {
  /** In sending order. */
  messages: readonly ShownMessage[];
  /** The session, once it is open and has all messages. */
  opened?: string;
  /** Why no session was opened. */
  fault?: ShownFault;
}

type Sessions = Pick<AgentChatService, 'createSession' | 'send'>;

/** Starts a conversation with its first message: opens a session, then sends the messages written meanwhile. */
export class Opening extends BehaviorSubject<OpeningView> {
  private isOpening = false;

  constructor(
    private readonly chats: Sessions,
    private readonly opened: (session: string) => void,
  ) {
    super({ messages: [] });
  }

  /** Adds a message; it waits while offline. */
  say(text: string): void {
    const message: ShownMessage = {
      id: randomId(),
      session_id: '',
      content: text,
      sender: 'user',
      timestamp: new Date().toISOString(),
      state: 'pending',
    };
    const { messages, opened } = this.value;
    this.next({ messages: opened === undefined ? [...messages, message] : [message] });
    void this.open();
  }

  /** Retries after a fault. */
  retry(): void {
    this.next({ messages: this.value.messages });
    void this.open();
  }

  private async open(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const session = await this.chats.createSession();
      const { messages } = this.value;
      this.next({ messages, opened: session });
      // From here on, the session shows each message, including failed ones.
      for (const { content } of messages) this.chats.send(session, content).catch(() => undefined);
      this.opened(session);
    } catch (thrown) {
      this.next({ messages: this.value.messages, fault: shown(thrown) });
    } finally {
      this.isOpening = false;
    }
  }
}
