import type { EventPayload } from '@switchyard/contract';
import type { RoomPublish } from '@switchyard/server';
import {
  foldRun,
  type AgentRun,
  type ChatMessage,
  type ChatTypes,
  type RunEvent,
  type RunEvents,
  type RunStep,
} from '@switchyard/services';
import type { ChatStore } from './chat.store.js';
import { TextChunker } from './text.chunker.js';

/** Publishes an event in the room of the session, with the writes that belong to it. */
export type Publish = RoomPublish<ChatTypes>;

/**
 * Publishes an answer in the room of its session. Each event stores the answer so far in the same transaction, so a
 * snapshot always agrees with the events before it.
 */
export class ChatReporter {
  private run: AgentRun | undefined;
  private readonly chunker: TextChunker;

  constructor(
    private readonly session_id: string,
    private readonly common: RunStep,
    private readonly store: ChatStore,
    private readonly publish: Publish,
    chunkIntervalMs: number,
  ) {
    this.chunker = new TextChunker(chunkIntervalMs, (content, index) =>
      this.step('partial_result', { index, content }),
    );
  }

  /** The answer so far. */
  get text(): string {
    return this.chunker.text;
  }

  /** Adds the next piece of the answer. */
  add(piece: string): void {
    this.chunker.add(piece);
  }

  /** Publishes a step of the run. */
  step<E extends keyof RunEvents>(event: E, fields: Omit<RunEvents[E], keyof RunStep>): Promise<unknown> {
    const payload = { ...this.common, ...fields } as RunEvents[E];
    const isOver = event === 'agent_completed' || event === 'agent_error';
    this.run = foldRun(this.run, { event, payload } as RunEvent);
    return this.publish(event, payload as EventPayload<ChatTypes, E>, [
      this.store.putRun(this.session_id, isOver ? undefined : this.run),
    ]);
  }

  /** Resolves once every piece is published. */
  async flush(): Promise<void> {
    await this.chunker.end();
  }

  /** Publishes the message of the answer, and clears the answer so far in the same transaction. */
  async publishMessage(message: ChatMessage): Promise<void> {
    if (this.run) this.run = { ...this.run, partial: '' };
    await this.publish('new_message', message, [
      this.store.putMessage(message),
      this.store.putRun(this.session_id, this.run),
    ]);
  }
}
