import type { ServiceClient, ServiceRoom } from '@switchyard/client';
import type { ContractEvent, ServiceTypes } from '@switchyard/contract';
import { useMemo, useState } from 'react';
import { useObservable } from './observable.hook.js';
import { NO_VIEW, roomView, type RoomView } from './room.view.js';

/** A room that is followed, and how to try anew after a fault. */
export interface FollowedRoom<S> {
  view: RoomView<S>;
  again(): void;
}

/** A room, followed while the component is there. Components are keyed by the room. */
export function useRoomView<T extends ServiceTypes>(
  client: Pick<ServiceClient<T>, 'connection'>,
  open: () => ServiceRoom<T>,
  fold: (state: T['snapshot'], event: ContractEvent<T>) => T['snapshot'],
): FollowedRoom<T['snapshot']> {
  const [attempt, setAttempt] = useState(0);
  const view$ = useMemo(() => roomView(open(), client.connection, fold), [client, attempt]);
  return {
    view: useObservable(view$, NO_VIEW as RoomView<T['snapshot']>),
    again: () => setAttempt((last) => last + 1),
  };
}
