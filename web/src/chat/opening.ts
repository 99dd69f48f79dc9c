import { randomId } from '@switchyard/client';
import type { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import type { ShownMessage } from '@switchyard/services/chat/chat.outbox.client.js';
import { BehaviorSubject } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** What was said in a conversation before it had a session. */
export interface OpeningView {
  /** In the order in which it was written. */
  said: readonly ShownMessage[];
  /** The session it has by now, which was sent all this. */
  opened?: string;
  /** Why there is no session. */
  fault?: ShownFault;
}

type Sessions = Pick<AgentChatService, 'createSession' | 'send'>;

/** Begins a conversation with its first message: a session is opened, then it is sent what was written meanwhile. */
export class Opening extends BehaviorSubject<OpeningView> {
  private isOpening = false;

  constructor(
    private readonly chats: Sessions,
    private readonly opened: (session: string) => void,
  ) {
    super({ said: [] });
  }

  /** Says something; while offline it waits. */
  say(text: string): void {
    const message: ShownMessage = {
      id: randomId(),
      session_id: '',
      content: text,
      sender: 'user',
      timestamp: new Date().toISOString(),
      state: 'pending',
    };
    const { said, opened } = this.value;
    this.next({ said: opened === undefined ? [...said, message] : [message] });
    void this.open();
  }

  /** Tries again after a fault. */
  retry(): void {
    this.next({ said: this.value.said });
    void this.open();
  }

  private async open(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const session = await this.chats.createSession();
      const { said } = this.value;
      this.next({ said, opened: session });
      // From here on each is shown, as failed if need be, where the session is.
      for (const { content } of said) this.chats.send(session, content).catch(() => undefined);
      this.opened(session);
    } catch (thrown) {
      this.next({ said: this.value.said, fault: shown(thrown) });
    } finally {
      this.isOpening = false;
    }
  }
}
