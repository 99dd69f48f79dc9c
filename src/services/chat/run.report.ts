import type { EventPayload } from '@switchyard/contract';
import type { RoomEmit } from '@switchyard/server';
import {
  foldRun,
  type AgentRun,
  type ChatMessage,
  type ChatTypes,
  type RunEvent,
  type RunEvents,
  type RunStep,
} from '@switchyard/services';
import type { ChatSessions } from './chat.sessions.js';
import { TextChunker } from './text.chunker.js';

/** Appends an event to the session's room together with the writes; resolves once it is appended. */
export type Emit = RoomEmit<ChatTypes>;

/**
 * Tells a session's room how a run goes. How far it is by then is stored with each event, in one transaction, so that
 * whoever joins in the middle finds just what the events before said.
 */
export class RunReport {
  private run: AgentRun | undefined;
  private readonly chunker: TextChunker;

  constructor(
    private readonly session_id: string,
    private readonly step: RunStep,
    private readonly sessions: ChatSessions,
    private readonly emit: Emit,
    chunkIntervalMs: number,
  ) {
    this.chunker = new TextChunker(chunkIntervalMs, (content, index) =>
      this.tell('partial_result', { index, content }),
    );
  }

  /** The answer as far as it was given. */
  get text(): string {
    return this.chunker.text;
  }

  /** Gives the next piece of the answer. */
  say(piece: string): void {
    this.chunker.add(piece);
  }

  /** Tells what the run does; the event that ends it is the last. */
  tell<E extends keyof RunEvents>(event: E, said: Omit<RunEvents[E], keyof RunStep>): Promise<unknown> {
    const payload = { ...this.step, ...said } as RunEvents[E];
    const isOver = event === 'agent_completed' || event === 'agent_error';
    this.run = foldRun(this.run, { event, payload } as RunEvent);
    return this.emit(event, payload as EventPayload<ChatTypes, E>, [
      this.sessions.putRun(this.session_id, isOver ? undefined : this.run),
    ]);
  }

  /** Waits until every piece is out. */
  async said(): Promise<void> {
    await this.chunker.end();
  }

  /** Makes what was said a message, in the step in which it is no longer an answer that is being given. */
  async settle(message: ChatMessage): Promise<void> {
    if (this.run) this.run = { ...this.run, partial: '' };
    await this.emit('new_message', message, [
      this.sessions.put(message),
      this.sessions.putRun(this.session_id, this.run),
    ]);
  }
}
