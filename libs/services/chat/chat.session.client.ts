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

/** Somebody who writes says so again before this is over, in milliseconds. */
const TYPING_ENDS_MS = 8000;

/** A session as a page follows it; each observable joins its room while it is subscribed to. */
export class ChatSession {
  constructor(
    readonly id: string,
    private readonly room: ServiceRoom<ChatTypes>,
    private readonly outbox: ChatOutbox,
    /** Whether this page itself says that its user writes. */
    private readonly isWriting: () => boolean,
  ) {}

  /** The messages, one's own from the moment they are sent; fails with a `Fault`. */
  get messages$(): Observable<ShownMessage[]> {
    const told$ = this.history$.pipe(
      map(({ messages }) => messages),
      distinctUntilChanged(),
    );
    return combineLatest([told$.pipe(startWith(undefined)), this.outbox.drafts$(this.id)]).pipe(
      filter(([messages, drafts]) => messages !== undefined || drafts.length > 0),
      tap(([messages]) => messages && this.outbox.forget(this.id, messages)),
      map(([messages = [], drafts]) => withDrafts(messages, drafts)),
    );
  }

  /** The answer that is being given, with what was said of it so far; one that failed stays until the next begins. */
  get run$(): Observable<AgentRun | undefined> {
    return this.history$.pipe(
      map(({ runs }) => runs?.[0]),
      distinctUntilChanged(),
    );
  }

  /** Whether somebody else is writing. */
  get typing$(): Observable<boolean> {
    return this.room.on('typing').pipe(
      filter(({ sender, is_typing }) => sender === 'user' && !(is_typing && this.isWriting())),
      switchMap(({ is_typing }) => {
        return is_typing ? merge(of(true), timer(TYPING_ENDS_MS).pipe(map(() => false))) : of(false);
      }),
      startWith(false),
      distinctUntilChanged(),
    );
  }

  private get history$(): Observable<ChatHistory> {
    return this.room.fold(foldHistory);
  }
}
