import type { Realtime, WireName } from '@switchyard/client';
import {
  concat,
  distinctUntilChanged,
  filter,
  map,
  merge,
  of,
  pairwise,
  switchMap,
  timer,
  type Observable,
} from 'rxjs';

/** How long a note is shown, in milliseconds; a move takes less. */
const SHOWN_MS = 8000;

/** A service's move to another wire: announced by the server, or made by this page. */
export interface MoveNote {
  to: WireName;
  isMade: boolean;
}

/** Reports each move of a service when it is announced and when it is made; undefined some seconds later. */
export function moveNotes(
  { control$, wires$ }: Pick<Realtime, 'control$' | 'wires$'>,
  service: string,
): Observable<MoveNote | undefined> {
  const announced$ = control$.pipe(
    filter((message) => message.event === 'transport_switch'),
    filter(({ payload }) => payload.service === service && payload.to !== wires$.value[service]),
    map(({ payload: { to } }): MoveNote => ({ to, isMade: false })),
  );
  const made$ = wires$.pipe(
    map((wires) => wires[service]),
    filter((wire) => wire !== undefined),
    distinctUntilChanged(),
    // The first wire of a service is no move.
    pairwise(),
    map(([, to]): MoveNote => ({ to, isMade: true })),
  );
  const nothing$ = timer(SHOWN_MS).pipe(map(() => undefined));
  return merge(announced$, made$).pipe(switchMap((note) => concat(of(note), nothing$)));
}
