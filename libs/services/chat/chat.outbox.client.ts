import type { Fault, RemoteFault } from '@switchyard/contract';
import { Subject, filter, map, startWith, type Observable } from 'rxjs';
import type { ChatMessage } from './chat.message.js';

/** A message with its delivery state; a sent message is `pending` until the server confirms or refuses it. */
export interface ShownMessage extends ChatMessage {
  state: 'confirmed' | 'pending' | 'failed';
  /** Why it failed. */
  fault?: Fault | RemoteFault;
}

/** A message sent by this page that the history may not contain yet. */
export type Draft = ShownMessage & { correlation_id: string };

/** Holds this page's sent messages by session until the history contains them. */
export class ChatOutbox {
  private readonly sessions = new Map<string, readonly Draft[]>();
  private readonly changes = new Subject<string>();

  /** Observes the drafts of a session in sending order. */
  drafts$(session_id: string): Observable<readonly Draft[]> {
    return this.changes.pipe(
      startWith(session_id),
      filter((changed) => changed === session_id),
      map(() => this.of(session_id)),
    );
  }

  add(draft: Draft): void {
    this.change(draft.session_id, [...this.of(draft.session_id), draft]);
  }

  /** Updates a draft with its outcome; a draft that the history contains is gone and stays gone. */
  settle({ session_id, correlation_id }: Draft, outcome: Partial<ShownMessage>): void {
    const settled = this.of(session_id).map((draft) => {
      return draft.correlation_id === correlation_id ? { ...draft, ...outcome, correlation_id } : draft;
    });
    this.change(session_id, settled);
  }

  /** Removes and returns a draft. */
  take(session_id: string, correlation_id: string): Draft | undefined {
    const drafts = this.of(session_id);
    const taken = drafts.find((draft) => draft.correlation_id === correlation_id);
    if (taken) this.change(session_id, without(drafts, [taken]));
    return taken;
  }

  /** Removes drafts that the history contains, without a notification, because each follower sees its own history. */
  forget(session_id: string, history: readonly ChatMessage[]): void {
    const drafts = this.of(session_id);
    if (drafts.length > 0) this.sessions.set(session_id, without(drafts, history));
  }

  private of(session_id: string): readonly Draft[] {
    return this.sessions.get(session_id) ?? [];
  }

  private change(session_id: string, drafts: readonly Draft[]): void {
    this.sessions.set(session_id, drafts);
    this.changes.next(session_id);
  }
}

/** Returns the drafts whose `correlation_id` is not among `messages`. */
function without(drafts: readonly Draft[], messages: readonly ChatMessage[]): readonly Draft[] {
  const ids = new Set(messages.map(({ correlation_id }) => correlation_id));
  return drafts.filter(({ correlation_id }) => !ids.has(correlation_id));
}

/** Appends the missing drafts to a session's messages; each `correlation_id` appears once. */
export function withDrafts(messages: readonly ChatMessage[], drafts: readonly Draft[]): ShownMessage[] {
  const shown = messages.map((message): ShownMessage => ({ ...message, state: 'confirmed' }));
  return [...shown, ...without(drafts, messages)];
}
