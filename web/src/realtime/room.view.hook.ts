import type { ServiceClient, ServiceRoom } from '@switchyard/client';
import type { ContractEvent, ServiceTypes } from '@switchyard/contract';
import { useMemo, useState } from 'react';
import { useObservable } from './observable.hook.js';
import { NO_VIEW, roomView, type RoomView } from './room.view.js';

/** A followed room and a way to retry after a fault. */
export interface FollowedRoom<S> {
  view: RoomView<S>;
  again(): void;
}

/** Follows a room while the component is mounted; use the room as the component's key. */
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
