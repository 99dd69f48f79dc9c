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
import { ChatRuns } from './chat.runs.js';
import { ChatSessions, type StoredRun } from './chat.sessions.js';

/** Conversations as seen from outside: one room each, where people write and an agent answers. */
@ServiceGateway(chat, { wires: [legacy(chatLegacy), multiplex(chatMultiplex)] })
export class ChatGateway extends BaseRunService<typeof chat, StoredRun> {
  constructor(
    private readonly sessions: ChatSessions,
    private readonly answers: ChatRuns,
  ) {
    super(answers.runs);
  }

  override snapshot(sessionId: string): Promise<ChatHistory | undefined> {
    return this.sessions.history(sessionId);
  }

  override async authorize(caller: Caller, sessionId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.sessions.get(sessionId))?.owner);
  }

  @Call('create_session')
  async createSession(request: CreateSession, caller: Caller) {
    const { session_id } = await this.sessions.create(request, ownerOf(caller));
    return { session_id };
  }

  @Call('send_message')
  async sendMessage({ session_id, message: content, context, correlation_id }: SendMessage): Promise<ChatMessage> {
    const session = this.known(await this.sessions.get(session_id));
    const sent = correlation_id !== undefined && { correlation_id };
    const message = this.sessions.message(session_id, 'user', content, { ...sent });
    await this.commit(session_id, 'new_message', message, [this.sessions.put(message)]);
    this.answers.answer(session, message, context, this.emitTo(session_id));
    return message;
  }

  @Call('stop_agent', { at: 'run' })
  async stopAgent({ session_id }: StopAgent) {
    this.known(await this.sessions.get(session_id));
    return { session_id, stopping: this.runs.stop(session_id) };
  }

  @Call('set_typing')
  async setTyping({ session_id, is_typing }: SetTyping) {
    this.known(await this.sessions.get(session_id));
    await this.publish(session_id, 'typing', { session_id, sender: 'user', is_typing });
    return { session_id, is_typing };
  }

  // The session stays for the next question.
  protected override isLast({ event }: { event: string }): boolean {
    return event === 'agent_completed' || event === 'agent_error';
  }

  protected override async unfinished(): Promise<string[]> {
    return (await this.sessions.runs()).map(({ session_id }) => session_id);
  }

  protected override unfinishedRun(sessionId: string): Promise<StoredRun | undefined> {
    return this.sessions.run(sessionId);
  }

  protected override async endOrphan(stored: StoredRun): Promise<void> {
    await this.answers.end(stored, this.emitTo(stored.session_id));
  }
}
