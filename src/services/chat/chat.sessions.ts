import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { AgentRun, ChatHistory, ChatMessage, Sender } from '@switchyard/services';
import type { CreateSession } from '@switchyard/services/chat/chat.dto';
import { ChatSettings } from './chat.settings.js';

/** A conversation; it belongs to its owner, or to nobody. */
export interface ChatSession {
  session_id: string;
  agent_type: string;
  project_id?: string;
  owner?: string;
  /** ISO 8601 with Z. */
  created_at: string;
}

/** A run as it is stored while it goes on. */
export interface StoredRun {
  session_id: string;
  run: AgentRun;
}

const SESSIONS = 'chat_sessions';
const RUNS = 'chat_runs';
const messagesOf = (session_id: string) => `chat_messages:${session_id}`;

/** Sessions, their messages, and the answers that are being given, as they are stored. */
@Injectable()
export class ChatSessions {
  private lastInstant = 0;

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly settings: ChatSettings,
  ) {}

  async create({ project_id, agent_type = 'rag' }: CreateSession, owner: string | undefined): Promise<ChatSession> {
    const session: ChatSession = {
      session_id: randomUUID(),
      agent_type,
      ...(project_id !== undefined && { project_id }),
      ...(owner !== undefined && { owner }),
      created_at: new Date().toISOString(),
    };
    await this.store.documents.write([{ collection: SESSIONS, id: session.session_id, value: session }]);
    return session;
  }

  /** The session of this id, undefined when there is none. */
  get(session_id: string): Promise<ChatSession | undefined> {
    return this.store.documents.get<ChatSession>(SESSIONS, session_id);
  }

  /** What a client sees of a session, undefined when there is none. */
  async history(session_id: string): Promise<ChatHistory | undefined> {
    if (!(await this.get(session_id))) return undefined;
    const messages = await this.messages(session_id);
    const stored = await this.run(session_id);
    return { messages, ...(stored && { runs: [stored.run] }) };
  }

  /** The last messages of a session, oldest first. */
  async messages(session_id: string): Promise<ChatMessage[]> {
    const all = await this.store.documents.list<ChatMessage>(messagesOf(session_id));
    return all.slice(-this.settings.shownMessages);
  }

  /** The run of a session that is stored as going on, undefined when there is none. */
  run(session_id: string): Promise<StoredRun | undefined> {
    return this.store.documents.get<StoredRun>(RUNS, session_id);
  }

  /** Every run that is stored as going on. */
  runs(): Promise<StoredRun[]> {
    return this.store.documents.list<StoredRun>(RUNS);
  }

  /** A message of now, with an id that sorts after those made before. */
  message(session_id: string, sender: Sender, content: string, more: Partial<ChatMessage> = {}): ChatMessage {
    const instant = (this.lastInstant = Math.max(Date.now(), this.lastInstant + 1));
    const id = `${instant.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
    return { id, session_id, content, sender, timestamp: new Date(instant).toISOString(), ...more };
  }

  /** The write that keeps a message. */
  put(message: ChatMessage): DocumentWrite {
    return { collection: messagesOf(message.session_id), id: message.id, value: message };
  }

  /** The write that keeps how far a run is, or forgets it when it is over. */
  putRun(session_id: string, run: AgentRun | undefined): DocumentWrite {
    return { collection: RUNS, id: session_id, value: run ? ({ session_id, run } satisfies StoredRun) : null };
  }
}
