import type { MigrationState } from '@switchyard/contract';
import { useMemo } from 'react';
import { catchError, defer, from, of } from 'rxjs';
import { useObservable } from '../realtime/observable.hook.js';
import { actorWord, timeWord } from './stage.words.js';
import { readHold } from './stages.source.js';

/** Says that a service is held, by whom and why. */
export function HoldNote({ migration: { service, updated_at }, token }: { migration: MigrationState; token: string }) {
  const hold$ = useMemo(
    // The note is complete without the audit, only shorter.
    () => defer(() => from(readHold(token, service))).pipe(catchError(() => of(undefined))),
    [token, service, updated_at],
  );
  const hold = useObservable(hold$, undefined);
  return (
    <p className="note note-warn" data-held>
      <strong>Held.</strong>{' '}
      {hold && (
        <>
          By {actorWord(hold.by)}, <time dateTime={hold.at}>{timeWord(hold.at)}</time>: {hold.to.reason}.{' '}
        </>
      )}
      No promotion until a person clears the hold; going back is always possible.
    </p>
  );
}
