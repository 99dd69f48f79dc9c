import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type DocumentStore, type DocumentWrite, type Store } from '@switchyard/server';
import type { AgentRun, ChatHistory, ChatMessage, Sender } from '@switchyard/services';
import type { CreateSession } from '@switchyard/services/chat/chat.dto';
import { ChatSettings } from './chat.settings.js';

/** A session of chat; without an owner it is open to everybody. */
export interface ChatSession {
  session_id: string;
  agent_type: string;
  project_id?: string;
  owner?: string;
  /** ISO 8601 with Z. */
  created_at: string;
}

/** The running answer of a session; it is deleted when it ends. */
export interface StoredRun {
  session_id: string;
  run: AgentRun;
}

const SESSIONS = 'chat_sessions';
const RUNS = 'chat_runs';
const messagesOf = (session_id: string) => `chat_messages:${session_id}`;

/** Stores the sessions with their messages and their running answers. */
@Injectable()
export class ChatStore extends RunStore<StoredRun> {
  private readonly documents: DocumentStore;
  private lastInstant = 0;

  constructor(
    @Inject(STORE) store: Store,
    private readonly settings: ChatSettings,
  ) {
    super(
      store,
      RUNS,
      ({ session_id }) => session_id,
      () => false,
    );
    this.documents = store.documents;
  }

  /** Stores a new session. */
  async create({ project_id, agent_type = 'rag' }: CreateSession, owner: string | undefined): Promise<ChatSession> {
    const session: ChatSession = {
      session_id: randomUUID(),
      agent_type,
      ...(project_id !== undefined && { project_id }),
      ...(owner !== undefined && { owner }),
      created_at: new Date().toISOString(),
    };
    await this.documents.write([{ collection: SESSIONS, id: session.session_id, value: session }]);
    return session;
  }

  /** Returns the session with this id; undefined when there is none. */
  session(session_id: string): Promise<ChatSession | undefined> {
    return this.documents.get<ChatSession>(SESSIONS, session_id);
  }

  /** Returns the messages and the running answer of a session; undefined when there is no such session. */
  async history(session_id: string): Promise<ChatHistory | undefined> {
    if (!(await this.session(session_id))) return undefined;
    const messages = await this.messages(session_id);
    const stored = await this.get(session_id);
    return { messages, ...(stored && { runs: [stored.run] }) };
  }

  /** Returns the last messages of a session, oldest first. */
  async messages(session_id: string): Promise<ChatMessage[]> {
    const all = await this.documents.list<ChatMessage>(messagesOf(session_id));
    return all.slice(-this.settings.shownMessages);
  }

  /** Makes a message with the current time; its id sorts after all earlier ids. */
  message(session_id: string, sender: Sender, content: string, more: Partial<ChatMessage> = {}): ChatMessage {
    const instant = (this.lastInstant = Math.max(Date.now(), this.lastInstant + 1));
    const id = `${instant.toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`;
    return { id, session_id, content, sender, timestamp: new Date(instant).toISOString(), ...more };
  }

  /** Returns the write that stores a message. */
  putMessage(message: ChatMessage): DocumentWrite {
    return { collection: messagesOf(message.session_id), id: message.id, value: message };
  }

  /** Returns the write that stores the answer so far, or deletes it when it has ended. */
  putRun(session_id: string, run: AgentRun | undefined): DocumentWrite {
    return this.write(session_id, run ? { session_id, run } : null);
  }
}
