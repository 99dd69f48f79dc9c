import type { WireName } from '@switchyard/client';
import { useMemo } from 'react';
import { filter } from 'rxjs';
import { moveNotes, type MoveNote } from './move.note.js';
import { useObservable, useSubject } from './observable.hook.js';
import { usePage } from './page.context.js';

/** The wire that this page uses for a service. */
export interface UsedWire {
  /** Undefined before the page has used the service. */
  wire: WireName | undefined;
  /** Whether the page has no connection on it now. */
  isLost: boolean;
  /** The move that was announced or made in the last seconds. */
  note: MoveNote | undefined;
}

/** Follows the wire that this page uses for a service. */
export function useWire(service: string): UsedWire {
  const { realtime, wire: chosen } = usePage();
  const wire = useSubject(realtime.wires$)[service];
  const state = useSubject(realtime.state$);
  // A tab that forces its wire does not follow an announcement.
  const note$ = useMemo(
    () => moveNotes(realtime, service).pipe(filter((note) => !chosen || note?.isMade !== false)),
    [realtime, service, chosen],
  );
  return { wire, isLost: LOST.includes(state), note: useObservable(note$, undefined) };
}

const LOST: readonly string[] = ['initializing', 'reconnecting', 'disconnected'];
