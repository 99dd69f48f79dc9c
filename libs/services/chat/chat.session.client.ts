import type { ServiceRoom } from '@switchyard/client';
import {
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  merge,
  of,
  startWith,
  switchMap,
  tap,
  timer,
  type Observable,
} from 'rxjs';
import type { ChatTypes } from './chat.contract.js';
import { foldHistory } from './chat.fold.js';
import type { ChatHistory } from './chat.history.js';
import { withDrafts, type ChatOutbox, type ShownMessage } from './chat.outbox.client.js';
import type { AgentRun } from './chat.run.js';

/** A typing notification expires after this many milliseconds unless it is repeated. */
const TYPING_EXPIRES_MS = 8000;

/** Follows a session; each observable joins the room while it has subscribers. */
export class ChatSession {
  constructor(
    readonly id: string,
    private readonly room: ServiceRoom<ChatTypes>,
    private readonly outbox: ChatOutbox,
    /** Whether this page's own user is typing. */
    private readonly isWriting: () => boolean,
  ) {}

  /** The messages, including unconfirmed ones of this page; fails with a `Fault`. */
  get messages$(): Observable<ShownMessage[]> {
    const confirmed$ = this.history$.pipe(
      map(({ messages }) => messages),
      distinctUntilChanged(),
    );
    return combineLatest([confirmed$.pipe(startWith(undefined)), this.outbox.drafts$(this.id)]).pipe(
      filter(([messages, drafts]) => messages !== undefined || drafts.length > 0),
      tap(([messages]) => messages && this.outbox.forget(this.id, messages)),
      map(([messages = [], drafts]) => withDrafts(messages, drafts)),
    );
  }

  /** The current answer with its text so far; a failed one stays until the next starts. */
  get run$(): Observable<AgentRun | undefined> {
    return this.history$.pipe(
      map(({ runs }) => runs?.[0]),
      distinctUntilChanged(),
    );
  }

  /** Whether another user is typing. */
  get typing$(): Observable<boolean> {
    return this.room.on('typing').pipe(
      filter(({ sender, is_typing }) => sender === 'user' && !(is_typing && this.isWriting())),
      switchMap(({ is_typing }) => {
        return is_typing ? merge(of(true), timer(TYPING_EXPIRES_MS).pipe(map(() => false))) : of(false);
      }),
      startWith(false),
      distinctUntilChanged(),
    );
  }

  private get history$(): Observable<ChatHistory> {
    return this.room.fold(foldHistory);
  }
}
