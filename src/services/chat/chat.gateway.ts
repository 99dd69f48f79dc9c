import {
  BaseRunService,
  Call,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  legacy,
  multiplex,
} from '@switchyard/server';
import { chat, chatLegacy, chatMultiplex, type ChatHistory, type ChatMessage } from '@switchyard/services';
import { CreateSession, SendMessage, SetTyping, StopAgent } from '@switchyard/services/chat/chat.dto';
import { ChatStore, type StoredRun } from './chat.store.js';
import { ChatWorker } from './chat.worker.js';

/** The chat service: in each room, people write and an agent answers. */
@ServiceGateway(chat, { wires: [legacy(chatLegacy), multiplex(chatMultiplex)] })
export class ChatGateway extends BaseRunService<typeof chat, StoredRun> {
  constructor(
    protected override readonly store: ChatStore,
    private readonly worker: ChatWorker,
  ) {
    super(worker.runs, store);
  }

  override snapshot(sessionId: string): Promise<ChatHistory | undefined> {
    return this.store.history(sessionId);
  }

  // Use the owner of the session: before its first question it has no run.
  override async authorize(caller: Caller, sessionId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.store.session(sessionId))?.owner);
  }

  @Call('create_session')
  async createSession(request: CreateSession, caller: Caller) {
    const { session_id } = await this.store.create(request, ownerOf(caller));
    return { session_id };
  }

  @Call('send_message')
  async sendMessage({ session_id, message: content, context, correlation_id }: SendMessage): Promise<ChatMessage> {
    const session = this.known(await this.store.session(session_id));
    const sent = correlation_id !== undefined && { correlation_id };
    const message = this.store.message(session_id, 'user', content, { ...sent });
    await this.commit(session_id, 'new_message', message, [this.store.putMessage(message)]);
    this.worker.answer(session, message, context, this.publisherOf(session_id));
    return message;
  }

  @Call('stop_agent', { at: 'run' })
  async stopAgent({ session_id }: StopAgent) {
    this.known(await this.store.session(session_id));
    return { session_id, stopping: this.runs.stop(session_id) };
  }

  @Call('set_typing')
  async setTyping({ session_id, is_typing }: SetTyping) {
    this.known(await this.store.session(session_id));
    await this.publish(session_id, 'typing', { session_id, sender: 'user', is_typing });
    return { session_id, is_typing };
  }

  // The session stays open for the next question.
  protected override isLast({ event }: { event: string }): boolean {
    return event === 'agent_completed' || event === 'agent_error';
  }

  protected override async endOrphan(run: StoredRun): Promise<void> {
    await this.worker.endOrphan(run, this.publisherOf(run.session_id));
  }
}
