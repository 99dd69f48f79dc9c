import type { ServiceConnection, ServiceRoom } from '@switchyard/client';
import type { ContractEvent, ServiceTypes } from '@switchyard/contract';
import { catchError, endWith, map, merge, of, scan, type Observable } from 'rxjs';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { feedAfter, feedOn, feedWires, NO_FEED, type RoomFeed } from './room.feed.js';

/** A component's view of a room. */
export interface RoomView<S> {
  /** The room's state; undefined before the first snapshot. */
  state?: S;
  feed: RoomFeed;
  /** Why the room cannot be followed. */
  fault?: ShownFault;
}

export const NO_VIEW: RoomView<never> = { feed: NO_FEED };

/** Follows a room, folds its events and never fails; a fault is part of the view. */
export function roomView<T extends ServiceTypes>(
  room: ServiceRoom<T>,
  connection: Pick<ServiceConnection, 'wire$'>,
  fold: (state: T['snapshot'], event: ContractEvent<T>) => T['snapshot'],
): Observable<RoomView<T['snapshot']>> {
  type View = RoomView<T['snapshot']>;
  const messages$ = room.messages$.pipe(
    map((message) => (view: View): View => {
      const feed = feedAfter(view.feed, message, connection.wire$.value);
      if (message.kind === 'presence') return { ...view, feed };
      if (message.kind === 'snapshot') return { state: message.snapshot, feed };
      return view.state === undefined ? { feed } : { state: fold(view.state, message), feed };
    }),
    catchError((thrown: unknown) => of((view: View): View => ({ ...view, fault: shown(thrown) }))),
    endWith((view: View): View => ({ ...view, feed: { ...view.feed, isOver: true } })),
  );
  const moves$ = feedWires(connection).pipe(
    map((wire) => (view: View): View => ({ ...view, feed: feedOn(view.feed, wire) })),
  );
  return merge(moves$, messages$).pipe(scan((view, change) => change(view), NO_VIEW as View));
}
