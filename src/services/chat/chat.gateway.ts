import type { OnApplicationBootstrap } from '@nestjs/common';
import { BaseRoomService, Call, RunLeases, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { chat, chatLegacy, chatMultiplex, type ChatHistory, type ChatMessage } from '@switchyard/services';
import { CreateSession, SendMessage, SetTyping, StopAgent } from '@switchyard/services/chat/chat.dto';
import { ChatRuns } from './chat.runs.js';
import { ChatSessions } from './chat.sessions.js';
import type { Emit } from './run.report.js';

/** Conversations as seen from outside: one room each, where people write and an agent answers. */
@ServiceGateway(chat, { legacy: [chatLegacy], multiplexed: [chatMultiplex] })
export class ChatGateway extends BaseRoomService<typeof chat> implements OnApplicationBootstrap {
  constructor(
    private readonly sessions: ChatSessions,
    private readonly runs: ChatRuns,
    private readonly leases: RunLeases,
  ) {
    super();
  }

  /** Ends the answers that died with their process. */
  async onApplicationBootstrap(): Promise<void> {
    await this.leases.keep({
      service: chat.name,
      unfinished: async () => (await this.sessions.runs()).map(({ session_id }) => session_id),
      end: (id) => this.bury(id),
      lost: (id) => void this.runs.stop(id),
    });
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
    this.runs.answer(session, message, context, this.emitTo(session_id));
    return message;
  }

  @Call('stop_agent')
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

  private async bury(session_id: string): Promise<void> {
    const stored = await this.sessions.run(session_id);
    if (stored) await this.runs.end(stored, this.emitTo(session_id));
  }

  private emitTo(session_id: string): Emit {
    return (event, payload, writes) => {
      if (event === 'typing') return this.publish(session_id, event, payload, writes);
      const isLast = event === 'agent_completed' || event === 'agent_error';
      return this.leases.tell(chat.name, session_id, isLast, () => {
        // A message is told once it is safe; what happens on the way to it must only be in order.
        if (event === 'new_message') return this.commit(session_id, event, payload, writes);
        return this.publish(session_id, event, payload, writes);
      });
    };
  }
}
