import { Realtime, ServiceClient } from '@switchyard/client';
import { chat, type ChatMessage, type ChatTypes } from '@switchyard/services';
import { filter, firstValueFrom, Subject } from 'rxjs';

/** A page with our own client that follows a conversation and records what it receives. */
export class ConversationPage {
  /** The positions received since the last snapshot. */
  readonly offsets: number[] = [];
  /** All received messages, from events and snapshots. */
  readonly messages$ = new Subject<ChatMessage>();
  /** The start and end of its offline times; `performance.now()`. */
  readonly absences: { from: number; to: number }[] = [];
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<ChatTypes>;
  private awaySince: number | undefined;

  constructor(url: string, session_id: string) {
    this.realtime = new Realtime({ url });
    this.client = new ServiceClient<ChatTypes>(this.realtime, chat);
    this.client.room(session_id).messages$.subscribe((update) => {
      if (update.kind === 'snapshot') {
        this.offsets.splice(0, Infinity, update.position!.offset);
        update.snapshot.messages.forEach((message) => this.messages$.next(message));
      } else if (update.kind === 'event' && update.position) {
        this.offsets.push(update.position.offset);
        if (update.event === 'new_message') this.messages$.next(update.payload);
      }
    });
    this.client.state$.subscribe((state) => this.moved(state === 'subscribed'));
  }

  /** Resolves once the page is live, or no longer live. */
  async until(isThere: boolean): Promise<void> {
    await firstValueFrom(this.client.state$.pipe(filter((state) => (state === 'subscribed') === isThere)));
  }

  /** Tells whether every position since the last snapshot came once and in order. */
  get isWhole(): boolean {
    return this.offsets.every((offset, index) => offset === this.offsets[0]! + index);
  }

  close(): void {
    this.realtime.close();
  }

  private moved(isThere: boolean): void {
    if (!isThere) this.awaySince ??= performance.now();
    if (!isThere || this.awaySince === undefined) return;
    this.absences.push({ from: this.awaySince, to: performance.now() });
    this.awaySince = undefined;
  }
}
